"""The gateway (接收网关): events over HTTP, and what became of them; a service of its own."""

"""What people and portals see: JSON, pages, audit."""

"""保障标准, and whether the raise (提标) is done."""

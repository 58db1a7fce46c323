"""Remarks: what people want a lead to know about a query."""

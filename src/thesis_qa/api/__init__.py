"""The ways in for other programs: HTTP, OpenAI's and Dify's shapes, MCP. One citation in all."""

"""Administration: the pages on which stores, people and goods are minded, online, at a desk or on a phone.

They are rendered by the hub alone and never travel to a phone. Each noun keeps its own pages (`server/stores`,
`server/catalogue`, …); here is the frame around them, the way they list things, and the page that leads to them.
"""

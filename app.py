"""Index the documents folder and serve the web chat: `python app.py`."""

from thesis_qa.web.server import index_and_serve

if __name__ == "__main__":
    index_and_serve()

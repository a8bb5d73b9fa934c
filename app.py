"""Index the documents folder and serve the web chat: `python app.py`."""

from thesis_qa.web.server import main

if __name__ == "__main__":
    main()

# The web chat and its API, on CPUs: docs/container.md
FROM python:3.12-slim

RUN useradd --create-home --uid 10001 thesis \
    && mkdir -p /data/documents /data/index \
    && chown -R thesis /data

WORKDIR /app
COPY requirements.txt ./
# The CPU build of torch, and all else by its hashes; kept while only the source changes.
RUN pip install --no-cache-dir --no-deps --index-url https://download.pytorch.org/whl/cpu \
    "$(sed -n 's/^\(torch==[0-9.]*\).*/\1/p' requirements.txt)" \
    && pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE app.py ./
COPY src ./src
RUN pip install --no-cache-dir --no-deps .

USER thesis
WORKDIR /data
ENV THESIS_QA_HOST=0.0.0.0 THESIS_QA_CACHE=/data/index/cache
VOLUME ["/data/index"]
EXPOSE 7860
HEALTHCHECK --start-period=120s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/healthz', timeout=5)"]
CMD ["python", "/app/app.py"]

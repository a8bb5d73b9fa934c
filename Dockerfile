# The web chat and its API, on CPUs: docs/container.md
FROM python:3.12-slim

RUN useradd --create-home --uid 10001 thesis
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src ./src
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
    --constraint constraints.txt . \
    && mkdir /data /data/documents /data/index \
    && chown -R thesis /data
COPY app.py ./

USER thesis
WORKDIR /data
ENV THESIS_QA_HOST=0.0.0.0 THESIS_QA_CACHE=/data/index/cache
VOLUME ["/data/index"]
EXPOSE 7860
HEALTHCHECK --start-period=120s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/healthz', timeout=5)"]
CMD ["python", "/app/app.py"]

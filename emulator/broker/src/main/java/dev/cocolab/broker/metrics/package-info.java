/** What {@code GET /metrics} tells: names, labels and types of upstream's Prometheus exporter. */
package dev.cocolab.broker.metrics;

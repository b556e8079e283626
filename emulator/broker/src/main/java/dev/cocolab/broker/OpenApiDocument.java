package dev.cocolab.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Descriptions of what is served, in OpenAPI 3.1, JSON. They ship with the broker. */
public enum OpenApiDocument {
  /** The Key Broker Service with all its plugins. */
  KBS("kbs-openapi.json"),
  /** The attestation service alone. */
  RESTFUL_AS("restful-as-openapi.json");

  private final String resource;

  OpenApiDocument(String resource) {
    this.resource = resource;
  }

  /** The document. */
  public String text() {
    try (InputStream in = OpenApiDocument.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + resource + " of this module", e);
    }
  }
}

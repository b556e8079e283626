package dev.cocolab.rego.syntax;

/** A part of a source text: UTF-16 offsets, the end exclusive. */
public record Span(int start, int end) {

  /** From the start of this one to the end of another. */
  public Span to(Span last) {
    return new Span(start, last.end);
  }
}

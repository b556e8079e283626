package dev.cocolab.apiserver.contract;

import java.util.List;
import java.util.Map;

/**
 * Requests in order, with what a kube-apiserver answers.
 *
 * @param file name of the file that it stands in
 * @param title what it shows
 */
record ContractCase(String file, String title, List<Step> steps) {

  /**
   * One request.
   *
   * @param verb a method of HTTP, {@code WS} for a WebSocket, {@code AWAIT} to repeat a GET until
   *     it answers 200
   * @param form names the media type of the body, see {@link CaseRunner}
   * @param path with query; variables are not yet filled in, nor in headers, body and facts
   */
  record Step(
      String verb,
      String form,
      String path,
      List<Map.Entry<String, String>> headers,
      String body,
      List<Fact> facts,
      List<Capture> captures) {}

  /**
   * What is true of an answer.
   *
   * @param place {@code ->} the code, {@code body} the whole JSON, {@code text} the whole text,
   *     {@code header NAME}, or a {@link Place}
   * @param expected JSON, {@code absent}, or {@code ~} and a regular expression
   */
  record Fact(String place, String expected) {}

  /** Keeps a value of an answer for later steps. */
  record Capture(String variable, String place) {}

  @Override
  public String toString() {
    return file.replace(".txt", "") + ": " + title;
  }
}

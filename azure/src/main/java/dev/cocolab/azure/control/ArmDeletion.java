package dev.cocolab.azure.control;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Https;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A long-running deletion. Source: "Track asynchronous Azure operations": the status document at
 * {@code Azure-AsyncOperation}, or 202 at {@code Location} until it is anything else.
 */
final class ArmDeletion implements Deletion {
  private static final Duration USUAL_PAUSE = Duration.ofSeconds(5);

  private final ArmClient arm;
  private final ArmRequest request;
  private final Optional<String> status;
  private final Optional<String> location;
  private Duration pause;
  private boolean done;

  private ArmDeletion(
      ArmClient arm,
      ArmRequest request,
      Optional<String> status,
      Optional<String> location,
      Duration pause,
      boolean done) {
    this.arm = arm;
    this.request = request;
    this.status = status;
    this.location = location;
    this.pause = pause;
    this.done = done;
  }

  static ArmDeletion gone(ArmClient arm, ArmRequest request) {
    return new ArmDeletion(arm, request, Optional.empty(), Optional.empty(), USUAL_PAUSE, true);
  }

  static ArmDeletion of(ArmClient arm, ArmRequest request, Https.Answer answer) {
    if (answer.status() != 202) {
      return gone(arm, request);
    }
    Optional<String> status = answer.header("Azure-AsyncOperation");
    Optional<String> location = answer.header("Location");
    if (status.isEmpty() && location.isEmpty()) {
      throw new AzureException(
          Reason.UNREADABLE,
          "cannot %s: Azure accepted, but does not say where to ask for the outcome"
              .formatted(request.what()));
    }
    return new ArmDeletion(
        arm, request, status, location, RetryAfter.of(answer).orElse(USUAL_PAUSE), false);
  }

  @Override
  public boolean done() {
    return done;
  }

  @Override
  public Duration pause() {
    return pause;
  }

  @Override
  public void poll() {
    if (done) {
      return;
    }
    Https.Answer answer;
    try {
      answer = arm.ask(request.at(status.or(() -> location).orElseThrow()));
    } catch (AzureException e) {
      if (e.reason() == Reason.NOT_FOUND && status.isEmpty()) {
        done = true;
        return;
      }
      throw e;
    }
    pause = RetryAfter.of(answer).orElse(USUAL_PAUSE);
    if (status.isEmpty()) {
      done = answer.status() != 202;
      return;
    }
    JsonNode body = answer.json();
    switch (body.path("status").asString("")) {
      case "Succeeded" -> done = true;
      case "Failed", "Canceled" -> throw ArmFailure.ofOperation(body, request.what());
      default -> {} // each resource provider has its own words for "not yet"
    }
  }
}

package dev.cocolab.node.cluster;

import dev.cocolab.node.KubeletCallers;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the API server, as a kubelet of authorization mode Webhook does, whether a caller may do
 * something with {@code nodes/proxy} of this node (SubjectAccessReview). Answers hold as long as a
 * kubelet's do by default: five minutes a yes, half a minute a no. What cannot be asked is a no,
 * which is not remembered.
 */
public final class ReviewedCallers implements KubeletCallers {
  private static final Logger log = LoggerFactory.getLogger(ReviewedCallers.class);
  private static final Duration YES = Duration.ofMinutes(5);
  private static final Duration NO = Duration.ofSeconds(30);
  private static final int REMEMBERED = 256;

  private record Question(Caller caller, String verb) {}

  private record Answer(boolean yes, Instant until) {}

  private final KubernetesClient client;
  private final String nodeName;
  private final Vertx vertx;
  private final Clock clock;
  private final Map<Question, Answer> answers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Answer> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Asks through this client, on a worker thread. */
  public ReviewedCallers(KubernetesClient client, String nodeName, Vertx vertx, Clock clock) {
    this.client = Objects.requireNonNull(client, "client");
    this.nodeName = Objects.requireNonNull(nodeName, "nodeName");
    this.vertx = Objects.requireNonNull(vertx, "vertx");
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  @Override
  public CompletionStage<Boolean> serves(Caller caller, String verb) {
    Question question = new Question(caller, verb);
    Optional<Boolean> known = known(question);
    return known.isPresent()
        ? CompletableFuture.completedFuture(known.get())
        : vertx.executeBlocking(() -> ask(question), false).toCompletionStage();
  }

  private Optional<Boolean> known(Question question) {
    synchronized (answers) {
      Answer answer = answers.get(question);
      return answer == null || clock.instant().isAfter(answer.until())
          ? Optional.empty()
          : Optional.of(answer.yes());
    }
  }

  private boolean ask(Question question) {
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(question.caller().user())
            .withGroups(question.caller().groups())
            .withNewResourceAttributes()
            .withVerb(question.verb())
            .withGroup("")
            .withVersion("v1")
            .withResource("nodes")
            .withSubresource("proxy")
            .withName(nodeName)
            .endResourceAttributes()
            .endSpec()
            .build();
    try {
      SubjectAccessReviewStatus status =
          client.authorization().v1().subjectAccessReview().create(review).getStatus();
      if (status == null) {
        log.warn("whether {} may ask the kubelet: no answer", question.caller().user());
        return false;
      }
      boolean yes = Boolean.TRUE.equals(status.getAllowed());
      synchronized (answers) {
        answers.put(question, new Answer(yes, clock.instant().plus(yes ? YES : NO)));
      }
      return yes;
    } catch (KubernetesClientException e) {
      log.warn("whether {} may ask the kubelet: {}", question.caller().user(), e.getMessage());
      return false;
    }
  }
}

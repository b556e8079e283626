package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The list {@code dryRun} of a write's options, whose only member is {@code All}. */
public final class DryRun {
  private static final String ALL = "All";

  private DryRun() {}

  /** What is wrong with a list: any member but {@code All}, the empty text among them. */
  public static Optional<Cause> fault(List<String> values) {
    return values.stream().allMatch(ALL::equals)
        ? Optional.empty()
        : Optional.of(
            new Cause(
                "FieldValueNotSupported",
                values.stream()
                    .map(value -> '"' + value + '"')
                    .collect(
                        Collectors.joining(
                            ", ", "Unsupported value: []string{", "}: supported values: \"All\"")),
                "dryRun"));
  }

  /** Whether a deletion is dry; throws 422 for a list that is wrong. */
  public static boolean ofDeletion(List<String> values) {
    fault(values)
        .ifPresent(
            cause -> {
              throw ApiException.invalid(
                  new ApiException.Subject("meta.k8s.io", "DeleteOptions", ""), List.of(cause));
            });
    return !values.isEmpty();
  }
}

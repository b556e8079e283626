package dev.cocolab.azure.control;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Id of an ARM resource in a resource group. ARM compares ids without regard to case and does not
 * answer with the case that it was asked with.
 *
 * @param path from {@code /subscriptions/}, as ARM gave it
 */
public record ResourceId(String path) {
  private static final Pattern FORM =
      Pattern.compile(
          "/subscriptions/([0-9a-f-]{36})/resourceGroups/([\\w().-]{1,90})"
              + "/providers/([\\w.]+/[\\w]+)/([\\w.-]{1,128})(/[\\w.-]+/[\\w.-]+){0,2}",
          Pattern.CASE_INSENSITIVE);

  /** Checks the form, which keeps a strange answer from naming a strange request. */
  public ResourceId {
    match(path);
  }

  public String subscription() {
    return match(path).group(1);
  }

  public String resourceGroup() {
    return match(path).group(2);
  }

  /** E.g. {@code Microsoft.Compute/virtualMachines}. */
  public String type() {
    return match(path).group(3);
  }

  /** Name of the resource; of its parent, where it is part of another. */
  public String name() {
    return match(path).group(4);
  }

  /** True when both are the same resource. */
  public boolean isSameAs(String other) {
    return path.equalsIgnoreCase(other);
  }

  /** For use as a key. */
  String folded() {
    return path.toLowerCase(Locale.ROOT);
  }

  private static Matcher match(String path) {
    Matcher matcher = FORM.matcher(path);
    if (!matcher.matches()) {
      throw new AzureException(Reason.UNREADABLE, "'%s' is no ARM resource id".formatted(path));
    }
    return matcher;
  }
}

package dev.cocolab.junit;

import dev.cocolab.junit.EmbeddingException.Reason;
import dev.cocolab.protocol.Profile;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.opentest4j.TestAbortedException;

/**
 * Gives tests a {@link Trustee}, by {@link #trustee()} or as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TrusteeExtension TRUSTEE = TrusteeExtension.builder().build();
 * }</pre>
 */
public final class TrusteeExtension extends TestDoubleExtension<Trustee> {
  private final Trustee.Builder options;
  private final WhenUnfit whenUnfit;

  /** For {@code @ExtendWith}: every default. */
  public TrusteeExtension() {
    this(builder());
  }

  private TrusteeExtension(Builder builder) {
    super("Trustee", builder.lifecycle);
    this.options = builder.options;
    this.whenUnfit = builder.whenUnfit;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Options, each with a default. */
  public static final class Builder {
    private final Trustee.Builder options = Trustee.builder();
    private Lifecycle lifecycle = Lifecycle.PER_CLASS;
    private WhenUnfit whenUnfit = WhenUnfit.ABORT;

    private Builder() {}

    /** {@link Lifecycle#PER_CLASS} unless told otherwise. */
    public Builder lifecycle(Lifecycle chosen) {
      this.lifecycle = Objects.requireNonNull(chosen, "chosen");
      return this;
    }

    /** {@link WhenUnfit#ABORT} unless told otherwise. */
    public Builder whenUnfit(WhenUnfit chosen) {
      this.whenUnfit = Objects.requireNonNull(chosen, "chosen");
      return this;
    }

    /** As {@link Trustee.Builder#home(Path)}. */
    public Builder home(Path folder) {
      options.home(folder);
      return this;
    }

    /** As {@link Trustee.Builder#profile(Profile)}. */
    public Builder profile(Profile chosen) {
      options.profile(chosen);
      return this;
    }

    public TrusteeExtension build() {
      return new TrusteeExtension(this);
    }
  }

  /**
   * The Trustee that runs.
   *
   * @throws IllegalStateException when none runs, or several do because methods run in parallel
   */
  public Trustee trustee() {
    return only();
  }

  @Override
  Trustee start(ExtensionContext context) {
    try {
      return options.start();
    } catch (EmbeddingException e) {
      if (whenUnfit == WhenUnfit.ABORT && e.reason() == Reason.HOME_UNUSABLE) {
        throw new TestAbortedException(e.getMessage(), e);
      }
      throw e;
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Trustee.class && in(context).isPresent();
  }

  @Override
  public Trustee resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return in(context).orElseThrow();
  }
}

package dev.cocolab.junit;

import dev.cocolab.lab.Lab;
import dev.cocolab.lab.LabException;
import dev.cocolab.lab.Machine;
import dev.cocolab.lab.Persona;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives tests a {@link Lab}, an emulated confidential cluster, by {@link #lab()} or as a parameter;
 * a parameter of type {@link KubernetesClient} is the client of the persona that {@link As} names.
 * All labs of a test run share one {@link Machine} for each home folder.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final CocoLabExtension LAB = CocoLabExtension.builder().build();
 * }</pre>
 */
public final class CocoLabExtension extends TestDoubleExtension<Lab> {
  private static final Logger LOG = LoggerFactory.getLogger(CocoLabExtension.class);
  private static final Namespace MACHINES = Namespace.create(Machine.class);

  /** What the machine lacks, as opposed to a lab that does not work. */
  private static final Set<LabException.Reason> UNFIT =
      EnumSet.of(
          LabException.Reason.HOME_UNUSABLE,
          LabException.Reason.DISK_FULL,
          LabException.Reason.NAMESPACES_REFUSED,
          LabException.Reason.TEMP_UNUSABLE,
          LabException.Reason.TOOL_MISSING,
          LabException.Reason.NO_LOOPBACK_NETWORK);

  private final UnaryOperator<Lab.Builder> options;
  private final WhenUnfit whenUnfit;
  private final Path home;

  /** For {@code @ExtendWith}: every default. */
  public CocoLabExtension() {
    this(builder());
  }

  private CocoLabExtension(Builder builder) {
    super("lab", builder.lifecycle);
    this.options = builder.options;
    this.whenUnfit = builder.whenUnfit;
    this.home = builder.home;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Options, each with a default. */
  public static final class Builder {
    private UnaryOperator<Lab.Builder> options = UnaryOperator.identity();
    private Lifecycle lifecycle = Lifecycle.PER_CLASS;
    private WhenUnfit whenUnfit = WhenUnfit.ABORT;
    private Path home = Home.ofUser(System.getenv());

    private Builder() {}

    /** Sets options of the lab: its profile, its port, exchanged parts. */
    public Builder lab(UnaryOperator<Lab.Builder> chosen) {
      this.options = Objects.requireNonNull(chosen, "chosen");
      return this;
    }

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

    /** Roots and caches of this machine; {@code COCOLAB_HOME} or {@code ~/.cocolab}. */
    public Builder home(Path folder) {
      this.home = Objects.requireNonNull(folder, "folder");
      return this;
    }

    public CocoLabExtension build() {
      return new CocoLabExtension(this);
    }
  }

  /**
   * The lab that runs.
   *
   * @throws IllegalStateException when none runs, or several do because methods run in parallel
   */
  public Lab lab() {
    return only();
  }

  @Override
  Lab start(ExtensionContext context) {
    try {
      Machine machine =
          context
              .getRoot()
              .getStore(MACHINES)
              .getOrComputeIfAbsent(
                  home,
                  folder -> Machine.open(Home.made(folder), System.getenv(), LOG::info),
                  Machine.class);
      return options.apply(Lab.builder(machine).progress(LOG::info)).start();
    } catch (LabException e) {
      if (UNFIT.contains(e.reason())) {
        throw unfit(e);
      }
      throw e;
    } catch (EmbeddingException e) {
      throw unfit(e);
    }
  }

  private RuntimeException unfit(RuntimeException why) {
    return whenUnfit == WhenUnfit.ABORT
        ? new TestAbortedException("no lab on this machine: " + why.getMessage(), why)
        : why;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return (type == Lab.class || type == KubernetesClient.class) && in(context).isPresent();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Lab lab = in(context).orElseThrow();
    return parameter.getParameter().getType() == Lab.class
        ? lab
        : lab.client(parameter.findAnnotation(As.class).map(As::value).orElse(Persona.ADMIN));
  }
}

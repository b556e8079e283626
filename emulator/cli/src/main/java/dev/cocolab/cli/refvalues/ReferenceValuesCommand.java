package dev.cocolab.cli.refvalues;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.OutputFile;
import dev.cocolab.cli.Terminal;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.tee.BootImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the reference values of an image, with the command line of {@code veritas}. */
@Command(
    name = "reference-values",
    mixinStandardHelpOptions = true,
    description = "Write rvps-reference-values.yaml, the reference values of a pod VM image.",
    footerHeading = "%nWhere measurements come from:%n",
    footer = {
      "  --measurements FILE, the /image/measurements.json of a published pod VM image; without it",
      "  the emulated image of this program. Images are not fetched and signatures not verified.",
      "Progress is on stderr as LEVEL: message; nothing is on stdout."
    })
public final class ReferenceValuesCommand implements Callable<Integer> {
  private static final String FILE_NAME = "rvps-reference-values.yaml";
  private static final String AZURE_IMAGE = "openshift-sandboxed-containers/osc-dm-verity-image:%s";
  private static final Pattern OBJECT_NAME =
      Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
  private static final Pattern DATA_KEY = Pattern.compile("[A-Za-z0-9._-]{1,253}");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,127}");

  private final Terminal terminal;

  @Option(
      names = "--platform",
      required = true,
      paramLabel = "azure|baremetal",
      description = "Where guests run.")
  private String platform;

  @Option(
      names = "--tee",
      paramLabel = "tdx|snp",
      defaultValue = "tdx",
      description = "Their TEE (default: ${DEFAULT-VALUE}).")
  private String tee;

  @Option(
      names = "--measurements",
      paramLabel = "FILE",
      description = "measurements.json of an image; repeat it for several images.")
  private List<Path> measurements = new ArrayList<>();

  @Option(
      names = {"--osc-version", "--image-tag"},
      paramLabel = "TAG",
      description = "Tag of the image that --measurements is of; repeat it for several.")
  private List<String> versions = new ArrayList<>();

  @Option(
      names = "--ocp-version",
      paramLabel = "VERSION",
      description = "Release whose packages are measured (baremetal); cannot be fetched here.")
  private List<String> releases = new ArrayList<>();

  @Option(
      names = "--initdata",
      paramLabel = "FILE",
      description = "Initdata document (TOML) that guests start with; repeat it for several.")
  private List<Path> documents = new ArrayList<>();

  @Option(
      names = "--hw-xfam-allow",
      paramLabel = "NAME",
      description = "Processor feature that a TD may use (tdx); repeat it for several.")
  private List<String> features = new ArrayList<>();

  @Option(
      names = "--bot-version",
      paramLabel = "1.1|1.2",
      defaultValue = "1.2",
      description = "Red Hat build of Trustee that reads it (default: ${DEFAULT-VALUE}).")
  private String trustee;

  @Option(names = "--cm-name", paramLabel = "NAME", description = "Name of the ConfigMap.")
  private String name;

  @Option(names = "--data-key", paramLabel = "KEY", description = "Key of the document in it.")
  private String key;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Folder of " + FILE_NAME + " (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--authfile",
      paramLabel = "FILE",
      description = "Credentials of the image's registry; nothing is fetched, so not looked at.")
  private Path authfile;

  @Option(names = "-v", description = "Say each value on stderr.")
  private boolean verbose;

  public ReferenceValuesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    oneOf("--platform", platform, List.of("azure", "baremetal"));
    oneOf("--tee", tee, List.of("tdx", "snp"));
    ConfigMapText text = text();
    if (!Files.isDirectory(folder)) {
      throw new CliException(ExitCode.USAGE, "-o %s is no folder".formatted(folder));
    }
    if (!features.isEmpty() && tee.equals("snp")) {
      throw new CliException(ExitCode.USAGE, "--hw-xfam-allow is for --tee tdx");
    }
    if (authfile != null) {
      terminal.tell("INFO: nothing is fetched, so that --authfile is not read");
    }
    MeasuredValues values = new MeasuredValues();
    if (platform.equals("azure")) {
      azure(values);
    } else {
      bareMetal(values);
    }
    if (tee.equals("tdx") && features.isEmpty()) {
      terminal.tell("WARNING: no --hw-xfam-allow, so that xfam has no reference value");
    } else if (tee.equals("tdx")) {
      values.add("xfam", FeatureMask.of(features));
    }
    if (verbose) {
      values.all().forEach((id, list) -> terminal.tell("DEBUG: " + id + " " + list));
    }
    OutputFile.write(folder.resolve(FILE_NAME), text.of(values));
    terminal.tell("INFO: Written " + FILE_NAME);
    return ExitCode.OK.code();
  }

  private ConfigMapText text() {
    ConfigMapText.Form form =
        Arrays.stream(ConfigMapText.Form.values())
            .filter(one -> one.version().equals(trustee))
            .findFirst()
            .orElseThrow(() -> refused("--bot-version", trustee, "neither 1.1 nor 1.2"));
    String object = Objects.requireNonNullElse(name, form.defaultName());
    String dataKey = Objects.requireNonNullElse(key, form.defaultKey());
    matches("--cm-name", object, OBJECT_NAME, "no name of an object");
    matches("--data-key", dataKey, DATA_KEY, "no key of a ConfigMap");
    versions.forEach(version -> matches("--osc-version", version, VERSION, "no tag"));
    return new ConfigMapText(form, object, dataKey, platform, tee, versions);
  }

  private void azure(MeasuredValues values) {
    if (!releases.isEmpty()) {
      throw new CliException(ExitCode.USAGE, "--ocp-version is for --platform baremetal");
    }
    if (measurements.isEmpty() && !versions.isEmpty()) {
      throw new CliException(
          ExitCode.UNFIT,
          ("the image %s is not fetched by this program; take /image/measurements.json out of it"
                  + " and name it with --measurements")
              .formatted(AZURE_IMAGE.formatted(versions.get(0))));
    }
    if (measurements.isEmpty()) {
      BootImage image = BootImage.defaultPodVm();
      terminal.tell("INFO: Image: " + image.name() + " (emulated)");
      for (int pcr : MeasurementsFile.PCRS) {
        values.add("%s_pcr%02d".formatted(tee, pcr), image.pcrHex(pcr));
      }
    }
    measurements.forEach(file -> MeasurementsFile.read(file, tee, values));
    for (Path file : documents) {
      byte[] pcr = Initdata.pcr8Of(InputFile.read(file).bytes());
      values.add(tee + "_pcr08", HexFormat.of().formatHex(pcr));
    }
  }

  private void bareMetal(MeasuredValues values) {
    if (!measurements.isEmpty() || !versions.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE, "--measurements and --osc-version are for --platform azure");
    }
    if (!releases.isEmpty() || tee.equals("tdx")) {
      throw new CliException(
          ExitCode.UNFIT,
          ("reference values of %s on bare metal are computed from the firmware and kernel packages"
                  + " of an OpenShift release image%s, which this program does not fetch; run veritas"
                  + " where it can be pulled, or use --tee snp without --ocp-version for the emulated"
                  + " image")
              .formatted(tee, releases.isEmpty() ? "" : " (" + String.join(", ", releases) + ")"));
    }
    BootImage image = BootImage.defaultPodVm();
    terminal.tell("INFO: Image: " + image.name() + " (emulated)");
    values.add("snp_launch_measurement", HexFormat.of().formatHex(image.launchMeasurement()));
    for (Path file : documents) {
      values.add("init_data", HexFormat.of().formatHex(sha384(file)));
    }
  }

  private static byte[] sha384(Path file) {
    try {
      return MessageDigest.getInstance("SHA-384").digest(InputFile.read(file).bytes());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-384 is part of every JDK", e);
    }
  }

  private static void oneOf(String option, String value, List<String> known) {
    if (!known.contains(value)) {
      throw refused(option, value, "neither " + String.join(" nor ", known));
    }
  }

  private static void matches(String option, String value, Pattern form, String what) {
    if (!form.matcher(value).matches()) {
      throw refused(option, value, what);
    }
  }

  private static CliException refused(String option, String value, String what) {
    return new CliException(ExitCode.USAGE, "%s '%s' is %s".formatted(option, value, what));
  }
}

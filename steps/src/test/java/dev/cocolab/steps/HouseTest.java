package dev.cocolab.steps;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The walls of the house: which room may use which, and what no room may do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HouseTest {
  private static final String ROOT = "dev.cocolab.";

  private static final Set<String> EMULATOR =
      Set.of(
          "rego",
          "evidence",
          "protocol",
          "image",
          "sandbox",
          "blobstore",
          "apiserver",
          "operators",
          "tee",
          "broker",
          "guest",
          "node",
          "lab",
          "fixtures");

  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("rego", Set.of()),
          Map.entry("evidence", Set.of()),
          Map.entry("protocol", Set.of()),
          Map.entry("image", Set.of()),
          Map.entry("sandbox", Set.of()),
          Map.entry("blobstore", Set.of()),
          Map.entry("apiserver", Set.of()),
          Map.entry("operators", Set.of()),
          Map.entry("reports", Set.of()),
          // Only tests use it, so it is in nobody's list.
          Map.entry("peers", Set.of()),
          Map.entry("azure", Set.of()),
          Map.entry("tee", Set.of("evidence")),
          Map.entry("broker", Set.of("protocol", "evidence", "rego")),
          Map.entry("guest", Set.of("protocol", "evidence", "tee", "rego", "image")),
          // What guest's own signatures name comes with it: initdata and evidence values.
          Map.entry("node", Set.of("guest", "tee", "image", "sandbox", "protocol", "evidence")),
          Map.entry("fixtures", Set.of("image")),
          // A worker of a load is a program that the lab has resident.
          Map.entry("lab", union(EMULATOR, Set.of("load"))),
          Map.entry("junit", EMULATOR),
          // It meets the broker on the wire, as the guest does.
          Map.entry("load", Set.of("protocol", "evidence", "tee")),
          Map.entry("cli", union(EMULATOR, Set.of("load"))),
          Map.entry("steps", union(EMULATOR, Set.of("load", "cli", "reports", "azure"))));

  private JavaClasses house;

  @BeforeAll
  void readTheHouse() {
    house =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.cocolab");
  }

  static Stream<String> rooms() {
    return ALLOWED.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void roomUsesOnlyWhatItMay(String room) {
    String[] forbidden =
        ALLOWED.keySet().stream()
            .filter(other -> !other.equals(room) && !ALLOWED.get(room).contains(other))
            .map(other -> ROOT + other + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(ROOT + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .check(house);
  }

  @Test
  void everyPackageBelongsToARoom() {
    Set<String> rooms =
        house.stream()
            .map(JavaClass::getPackageName)
            .map(name -> name.substring(ROOT.length()).replaceFirst("\\..*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(rooms).isEqualTo(new TreeSet<>(ALLOWED.keySet()));
  }

  @Test
  void namesSayWhatAClassIs() {
    noClasses()
        .should()
        .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)")
        .check(house);
  }

  @Test
  void onlyTheCommandLineAndTheWorkloadPrint() {
    noClasses()
        .that(
            DescribedPredicate.not(
                JavaClass.Predicates.resideInAnyPackage(
                    "dev.cocolab.cli..", "dev.cocolab.fixtures.workload..")))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(house);
  }

  @Test
  void nobodySleeps() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.cocolab.fixtures.workload..")
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .check(house);
  }

  @Test
  void stepClassesDoNotTouchTheCluster() {
    noClasses()
        .that()
        .resideInAPackage("dev.cocolab.steps.glue..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient")
        .check(house);
  }

  @Test
  void exceptionsOfARoomAreUnchecked() {
    classes()
        .that()
        .areAssignableTo(Exception.class)
        .and()
        .arePublic()
        .should()
        .beAssignableTo(RuntimeException.class)
        .check(house);
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    return Stream.concat(one.stream(), other.stream()).collect(Collectors.toUnmodifiableSet());
  }
}

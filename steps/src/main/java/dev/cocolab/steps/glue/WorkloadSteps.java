package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.steps.World;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;

/** The fraud-detection workload, its dataset and where its key comes from. */
public final class WorkloadSteps {
  private static final String INIT = "fetch-secret";
  private static final String APPLICATION = "fraud-detection";

  private final World world;

  public WorkloadSteps(World world) {
    this.world = world;
  }

  @Given("the encrypted dataset is in blob storage")
  public void datasetInBlobStorage() {
    world.target().blobs().putEncryptedDataset(world.datasetKey());
  }

  @Given("the encrypted dataset has been deleted from blob storage")
  public void datasetDeleted() {
    world.target().blobs().deleteEncryptedDataset();
  }

  @Given("a plain key server serves the dataset key")
  public void plainKeyServer() {
    world.target().keyServers().serve(world.datasetKey());
  }

  @Then("the init container reports that it downloaded a key of {int} bytes")
  public void downloadedKey(int size) {
    String log = world.developer().awaitWholeLog(world.pod(), INIT);
    assertThat(listingAfterDownload(log))
        .as("listing after the download")
        .containsPattern("\\b%d\\b.*\\bdataset_key\\b".formatted(size));
  }

  @Then("the init container reports that no key arrived")
  public void noKeyArrived() {
    String log = world.developer().awaitWholeLog(world.pod(), INIT);
    assertThat(listingAfterDownload(log))
        .as("listing after the download")
        .contains("total 0")
        .doesNotContain("dataset_key");
  }

  @Then("the application decrypts and loads every transaction of the dataset")
  public void loadsEveryTransaction() {
    int transactions = world.target().blobs().transactions();
    String log =
        world
            .developer()
            .awaitLog(world.pod(), APPLICATION, "Inspecting credit card transactions:");
    assertThat(log)
        .contains("Loaded " + transactions + " transactions")
        .contains("Found an encrypted file: dataset1.csv.enc")
        .containsPattern("Before \\(head -n 1\\): Salted__")
        .containsPattern("After \\(head -n 1\\): distance_from_last_t\\.\\.\\.");
  }

  @Then("the application finds both fraudulent and honest transactions")
  public void findsBoth() {
    world.developer().awaitLog(world.pod(), APPLICATION, "fraudulent? FALSE");
    String log = world.developer().awaitLog(world.pod(), APPLICATION, "TRUE");
    assertThat(log)
        .containsPattern("Is query \\d+ fraudulent\\? FALSE\\. Likelyhood of fraud: [0-9.]+%")
        .containsPattern("Is query \\d+ fraudulent\\? \\S*TRUE\\S*\\. Likelyhood of fraud: ");
  }

  @Then("the application loads the default dataset of its image")
  public void loadsDefaultDataset() {
    String log = world.developer().awaitLog(world.pod(), APPLICATION, "Loaded: ");
    assertThat(log)
        .contains("No DECRYPTION_KEY_PATH; using default dataset")
        .contains("Using default dataset: default.csv")
        .contains("Loaded: /app/downloaded_datasets/default.csv");
  }

  @Then("the application fails because it cannot open its key")
  public void cannotOpenKey() {
    assertThat(world.developer().awaitLog(world.pod(), APPLICATION, "Can't open"))
        .contains("dataset_key");
  }

  @Then("the application fails because the blob is not found")
  public void blobNotFound() {
    assertThat(world.developer().awaitLog(world.pod(), APPLICATION, "BlobNotFound"))
        .contains("dataset1.csv.enc");
  }

  @Then("the plain key server gave the key away without any attestation")
  public void keyGivenAway() {
    assertThat(world.target().keyServers().handedOut()).as("keys handed out").isPositive();
    assertThat(world.trusteeLog().requests()).as("requests to Trustee").isEmpty();
  }

  private static String listingAfterDownload(String log) {
    assertThat(log).contains("Downloaded decryption key.");
    return log.substring(log.lastIndexOf("Content of "));
  }
}

package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.steps.World;
import dev.cocolab.steps.persona.KeyFault;
import io.cucumber.java.ParameterType;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;

/** Keys and addresses of the dataset that do not fit, and what the application makes of them. */
public final class KeySteps {
  private static final String SECRET = "fraud-dataset";
  private static final String KEY = "dataset_key";
  private static final String APPLICATION = "fraud-detection";

  private final World world;

  public KeySteps(World world) {
    this.world = world;
  }

  @ParameterType("an empty key|a key that starts with a zero byte|a key that starts with a newline")
  public KeyFault unfitKey(String words) {
    return KeyFault.of(words);
  }

  @ParameterType("a zero byte|a newline")
  public Byte separator(String words) {
    return words.equals("a newline") ? (byte) '\n' : (byte) 0;
  }

  @Given("OpSec has exchanged the key in Trustee for a key of another dataset")
  public void keyOfAnotherDataset() {
    exchange(world.opSec().newDatasetKey());
  }

  @Given("OpSec has exchanged the key in Trustee for {unfitKey}")
  public void unfit(KeyFault fault) {
    exchange(fault.applyTo(world.datasetKey()));
  }

  @Given(
      "the dataset in blob storage was encrypted with a key that has {separator} after {int} bytes")
  public void encryptedWithCutKey(Byte separator, int kept) {
    byte[] key = world.opSec().newDatasetKey();
    key[kept] = separator;
    world.useDatasetKey(key);
    world.target().blobs().putEncryptedDataset(key);
  }

  @Given("OpSec has exchanged the key in Trustee for another that agrees with it up to there only")
  public void keyThatAgreesUpToTheSeparator() {
    byte[] key = world.datasetKey();
    byte[] other = world.opSec().newDatasetKey();
    int end = separatorIn(key);
    System.arraycopy(key, 0, other, 0, end + 1);
    assertThat(other).as("the other key").hasSameSizeAs(key).isNotEqualTo(key);
    exchange(other);
  }

  @Given("the developer has mounted an address of the dataset that expired an hour ago")
  public void expiredAddress() {
    world
        .developer()
        .keepSecret("fraud-azure-sas", "azure-sas", world.target().blobs().expiredAddress());
    world.mountSas("fraud-azure-sas");
  }

  @Then("the application cannot make sense of what it decrypted and loads no transaction")
  public void garbage() {
    String log = world.developer().awaitLog(world.pod(), APPLICATION, "transactions");
    assertThat(log)
        .contains("Before (head -n 1): Salted__")
        .doesNotContain("After (head -n 1): distance_from_last_t")
        .contains("Could not read dataset1.csv")
        .contains("Loaded 0 transactions");
  }

  @Then("the application ends because openssl says {string}")
  public void opensslRefuses(String refusal) {
    assertThat(world.developer().awaitLog(world.pod(), APPLICATION, "stderr: "))
        .contains("openssl decryption failed (exit code 1)")
        .contains(refusal);
  }

  @Then("the application ends because blob storage says {string}")
  public void blobStorageRefuses(String code) {
    assertThat(world.developer().awaitLog(world.pod(), APPLICATION, code))
        .contains("HTTP 403 " + code)
        .doesNotContain("Salted__");
  }

  private void exchange(byte[] key) {
    world.opSec().exchangeInTrustee(SECRET, KEY, key);
  }

  private static int separatorIn(byte[] key) {
    for (int i = 0; i < key.length; i++) {
      if (key[i] == 0 || key[i] == '\n') {
        return i;
      }
    }
    throw new AssertionError("the key of the dataset has neither a zero byte nor a newline");
  }
}

package dev.cocolab.azure.cost;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prices of the user's own, which must say where they are from and of when they are:
 *
 * <pre>{"source": "our agreement", "date": "2026-11-01", "currency": "EUR",
 *  "prices": [{"region": "eastus", "size": "Standard_DC2as_v5", "perHour": 0.09}]}</pre>
 */
public final class PriceFile implements Prices {
  private static final int LARGEST = 1 << 20;

  private final Map<String, Price> prices;

  private PriceFile(Map<String, Price> prices) {
    this.prices = Map.copyOf(prices);
  }

  /**
   * Reads the file.
   *
   * @throws AzureException NOT_CONFIGURED naming the file and what is wrong in it
   */
  public static PriceFile read(Path file) {
    JsonNode root = parse(file);
    String source = root.path("source").asString("").strip();
    String currency = root.path("currency").asString("");
    Optional<LocalDate> date = date(root.path("date").asString(""));
    if (source.isEmpty() || date.isEmpty() || !currency.matches("[A-Z]{3}")) {
      throw wrong(
          file, "it needs \"source\", \"date\" (YYYY-MM-DD) and \"currency\" (three letters)");
    }
    Map<String, Price> prices = new HashMap<>();
    int index = 0;
    for (JsonNode item : root.path("prices")) {
      String region = item.path("region").asString("");
      String size = item.path("size").asString("");
      BigDecimal perHour =
          item.path("perHour").isNumber() ? item.path("perHour").decimalValue() : BigDecimal.ZERO;
      if (region.isEmpty() || size.isEmpty() || perHour.signum() <= 0) {
        throw wrong(
            file, "entry %d of \"prices\" needs region, size and perHour above 0".formatted(index));
      }
      Price price =
          new Price(region, size, perHour, currency, "%s, %s".formatted(source, date.get()));
      if (prices.put(key(region, size), price) != null) {
        throw wrong(file, "entry %d of \"prices\" repeats an earlier one".formatted(index));
      }
      index++;
    }
    return new PriceFile(prices);
  }

  @Override
  public Price hourly(String region, String size) {
    return Optional.ofNullable(prices.get(key(region, size)))
        .orElseThrow(
            () ->
                new AzureException(
                    Reason.NOT_FOUND,
                    "the price file has none for %s in %s".formatted(size, region)));
  }

  private static JsonNode parse(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw wrong(file, "it is larger than 1 MiB");
      }
      return JsonMapper.shared().readTree(bytes);
    } catch (IOException e) {
      throw wrong(file, "it cannot be read");
    } catch (JacksonException e) {
      throw wrong(file, "it is no JSON (line %d)".formatted(e.getLocation().getLineNr()));
    }
  }

  private static String key(String region, String size) {
    return region + " " + size;
  }

  private static Optional<LocalDate> date(String text) {
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static AzureException wrong(Path file, String what) {
    return new AzureException(Reason.NOT_CONFIGURED, "the price file %s: %s".formatted(file, what));
  }
}

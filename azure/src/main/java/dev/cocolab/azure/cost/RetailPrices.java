package dev.cocolab.azure.cost;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Https;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The Retail Prices API, which needs no sign-in. Source: "Azure Retail Prices overview".
 *
 * <p>The list has a size many times: Windows, spot, low priority, cloud services, development
 * subscriptions, reservations, prices of the past and the future. If after all that not exactly one
 * price is left, there is none.
 */
public final class RetailPrices implements Prices {
  private static final int MOST_PAGES = 20;
  private static final int LARGEST = 8 << 20;
  private static final Duration TIME = Duration.ofSeconds(15);

  private final URI endpoint;
  private final Https https;
  private final Clock clock;

  public RetailPrices(URI endpoint, Https https, Clock clock) {
    this.endpoint = endpoint;
    this.https = https;
    this.clock = clock;
  }

  @Override
  public Price hourly(String region, String size) {
    if (!region.matches("\\w{1,40}") || !size.matches("\\w{1,40}")) {
      throw new AzureException(Reason.NOT_FOUND, "there is no price for such a name");
    }
    Instant now = clock.instant();
    // Prices of each time they took effect; the newest that has begun holds.
    TreeMap<Instant, Set<BigDecimal>> byTime =
        pages(region, size).stream()
            .filter(item -> isWanted(item, region, size))
            .flatMap(item -> began(item).map(time -> Map.entry(time, item)).stream())
            .filter(entry -> !entry.getKey().isAfter(now))
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    TreeMap::new,
                    Collectors.flatMapping(
                        entry -> amount(entry.getValue()).stream(), Collectors.toSet())));
    Set<BigDecimal> last = byTime.isEmpty() ? Set.of() : byTime.lastEntry().getValue();
    if (last.size() != 1) {
      throw new AzureException(
          last.isEmpty() ? Reason.NOT_FOUND : Reason.UNREADABLE,
          "the price list has %s price for %s in %s"
              .formatted(last.isEmpty() ? "no" : "more than one", size, region));
    }
    return new Price(
        region,
        size,
        last.iterator().next(),
        "USD",
        "Azure's list price, asked on " + LocalDate.ofInstant(now, ZoneOffset.UTC));
  }

  private List<JsonNode> pages(String region, String size) {
    String filter =
        "serviceName eq 'Virtual Machines' and armRegionName eq '%s' and armSkuName eq '%s'"
            .formatted(region, size);
    String next =
        endpoint
            + "/api/retail/prices?currencyCode=USD&$filter="
            + URLEncoder.encode(filter, StandardCharsets.UTF_8);
    List<JsonNode> items = new ArrayList<>();
    for (int page = 0; page < MOST_PAGES; page++) {
      JsonNode body = page(next);
      if (!body.path("Items").isArray()) {
        throw new AzureException(Reason.UNREADABLE, "the price list's answer has no items");
      }
      body.path("Items").forEach(items::add);
      next = body.path("NextPageLink").asString("");
      if (next.isEmpty()) {
        return items;
      }
    }
    throw new AzureException(Reason.UNREADABLE, "the price list does not end");
  }

  private JsonNode page(String address) {
    URI uri;
    try {
      // Its own links come with blanks in them.
      uri = URI.create(address.replace(" ", "%20"));
    } catch (IllegalArgumentException e) {
      throw new AzureException(Reason.UNREADABLE, "the price list names an address that is none");
    }
    // The service's links carry port 443, which says nothing.
    if (!Objects.equals(uri.getHost(), endpoint.getHost()) || port(uri) != port(endpoint)) {
      throw new AzureException(Reason.UNREADABLE, "the price list leads to another host");
    }
    Https.Answer answer = https.send(new Https.Request("GET", uri, Map.of(), LARGEST, TIME));
    if (answer.status() != 200) {
      throw new AzureException(
          Reason.UNREACHABLE, "the price list answered HTTP " + answer.status());
    }
    return answer.json();
  }

  private static int port(URI uri) {
    return uri.getPort() < 0 ? 443 : uri.getPort();
  }

  private static boolean isWanted(JsonNode item, String region, String size) {
    String product = text(item, "productName");
    String words =
        Stream.of("skuName", "meterName")
            .map(name -> text(item, name))
            .collect(Collectors.joining(" "));
    return text(item, "type").equals("Consumption")
        && text(item, "reservationTerm").isEmpty()
        && text(item, "armRegionName").equals(region)
        && text(item, "armSkuName").equals(size)
        && text(item, "unitOfMeasure").equals("1 Hour")
        && text(item, "currencyCode").equals("USD")
        && !product.contains("Windows")
        && !product.replace(" ", "").contains("CloudServices")
        && !words.contains("Spot")
        && !words.contains("Low Priority");
  }

  private static Optional<Instant> began(JsonNode item) {
    try {
      return Optional.of(OffsetDateTime.parse(text(item, "effectiveStartDate")).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<BigDecimal> amount(JsonNode item) {
    JsonNode price = item.path("retailPrice");
    return price.isNumber() && price.decimalValue().signum() > 0
        ? Optional.of(price.decimalValue().stripTrailingZeros())
        : Optional.empty();
  }

  private static String text(JsonNode item, String name) {
    return item.path(name).asString("");
  }
}

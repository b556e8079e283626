package dev.cocolab.azure.cost;

import static dev.cocolab.azure.fakes.CanaryWatch.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.AroConfig.Limits;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Https;
import dev.cocolab.azure.Transport;
import dev.cocolab.azure.fakes.FakeHttps;
import dev.cocolab.azure.fakes.FakeHttps.Reply;
import dev.cocolab.azure.fakes.FakeTls;
import dev.cocolab.azure.fakes.MovingClock;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CostTest {
  private static final String SNP = "Standard_DC2as_v5";
  private static final String TDX = "Standard_DC2es_v5";

  private final FakeTls tls = new FakeTls();
  private final List<String> pages = new ArrayList<>();
  private String changedLink = "";
  private final FakeHttps list =
      new FakeHttps(
          tls,
          asked -> {
            int page = Integer.parseInt(asked.query().getOrDefault("page", "0"));
            if (page >= pages.size()) {
              return Reply.json(500, "{}");
            }
            String next =
                page + 1 < pages.size()
                    ? "\"%s/api/retail/prices?$filter=a eq b&page=%d\""
                        .formatted(
                            changedLink.isEmpty()
                                ? "https://" + asked.headers().get("Host")
                                : changedLink,
                            page + 1)
                    : "null";
            return Reply.json(
                200, "{\"Items\":[%s],\"NextPageLink\":%s}".formatted(pages.get(page), next));
          });
  private final RetailPrices prices =
      new RetailPrices(
          list.address(),
          new Https(Transport.trusting(tls.client(), Duration.ofSeconds(5))),
          new MovingClock(Instant.parse("2026-11-30T21:00:00Z")));

  @AfterEach
  void stop() {
    list.close();
  }

  private static String item(String size, double price, String since) {
    return item(size, price, since, "Consumption", "Virtual Machines DCasv5 Series", "DC2as v5");
  }

  private static String item(
      String size, double price, String since, String type, String product, String sku) {
    return """
        {"currencyCode":"USD","retailPrice":%s,"unitPrice":%s,"armRegionName":"eastus","armSkuName":"%s",
        "effectiveStartDate":"%s","type":"%s","productName":"%s","skuName":"%s","meterName":"%s",
        "serviceName":"Virtual Machines","unitOfMeasure":"1 Hour","isPrimaryMeterRegion":true}
        """
        .formatted(price, price, size, since, type, product, sku, sku);
  }

  private static final String PAST = "2024-01-01T00:00:00Z";

  @Test
  void picksThePriceOfALinuxMachineThatIsPaidByUse() {
    pages.add(
        String.join(
            ",",
            item(
                SNP,
                0.5,
                PAST,
                "Consumption",
                "Virtual Machines DCasv5 Series Windows",
                "DC2as v5"),
            item(SNP, 0.02, PAST, "Consumption", "Virtual Machines DCasv5 Series", "DC2as v5 Spot"),
            item(
                SNP,
                0.03,
                PAST,
                "Consumption",
                "Virtual Machines DCasv5 Series",
                "DC2as v5 Low Priority"),
            item(SNP, 0.04, PAST, "Consumption", "DCasv5 Series Cloud Services", "DC2as v5"),
            item(
                SNP,
                0.05,
                PAST,
                "DevTestConsumption",
                "Virtual Machines DCasv5 Series",
                "DC2as v5"),
            item(SNP, 500, PAST, "Reservation", "Virtual Machines DCasv5 Series", "DC2as v5")));
    pages.add(
        String.join(
            ",",
            item(SNP, 0.08, "2023-01-01T00:00:00Z"),
            item(SNP, 0.0996, PAST),
            item(SNP, 0.2, "2027-01-01T00:00:00Z"),
            item("Standard_DC4as_v5", 0.3, PAST)));

    Price price = prices.hourly("eastus", SNP);

    assertThat(price.perHour()).isEqualByComparingTo(new BigDecimal("0.0996"));
    assertThat(price.source()).isEqualTo("Azure's list price, asked on 2026-11-30");
    assertThat(list.asked()).hasSize(2);
    assertThat(list.asked().get(0).query())
        .containsEntry(
            "$filter",
            "serviceName eq 'Virtual Machines' and armRegionName eq 'eastus' and armSkuName eq"
                + " 'Standard_DC2as_v5'");
    assertThat(list.asked().get(0).headers()).doesNotContainKey("Authorization");
  }

  @Test
  void saysWhatARunCostsAtMost() {
    pages.add(item(SNP, 0.1, PAST) + "," + item(TDX, 0.15, PAST));

    Cost cost = Cost.atMost(prices, "eastus", List.of(SNP, TDX), Limits.standard());

    assertThat(cost.known()).isTrue();
    assertThat(cost.lines())
        .containsExactly(
            "cost: at most 12.00 USD",
            "  40 pod VMs for 120 minutes at 0.15 USD an hour (Standard_DC2es_v5, eastus; Azure's"
                + " list price, asked on 2026-11-30)",
            "  pod VMs only: without the cluster, disks, network and storage");
  }

  @Test
  void saysWhatARunHasCost() {
    pages.add(item(SNP, 0.1, PAST) + "," + item(TDX, 0.2, PAST));

    Cost cost =
        Cost.of(
            prices,
            "eastus",
            List.of(
                new Cost.Use(SNP, Duration.ofMinutes(30)),
                new Cost.Use(TDX, Duration.ofMinutes(6)),
                new Cost.Use(SNP, Duration.ofMinutes(30))));

    assertThat(cost.lines())
        .startsWith(
            "cost: 0.12 USD",
            "  2 × Standard_DC2as_v5, 60 minutes together at 0.1 USD an hour (eastus; Azure's list"
                + " price, asked on 2026-11-30)");
  }

  @Test
  void roundsUpAndKnowsThatNothingCostsNothing() {
    pages.add(item(SNP, 0.1, PAST));

    assertThat(Cost.of(prices, "eastus", List.of(new Cost.Use(SNP, Duration.ofSeconds(1)))).lines())
        .startsWith("cost: 0.01 USD");
    assertThat(Cost.of(prices, "eastus", List.of()).lines()).startsWith("cost: 0.00");
  }

  private Cost cost() {
    return Cost.atMost(prices, "eastus", List.of(SNP), Limits.standard());
  }

  @Test
  void isUnknownWhereTheListDoesNotAnswer() {
    list.close();

    assertThat(cost().known()).isFalse();
    assertThat(cost().lines()).startsWith("cost: unknown").hasSize(2);
    assertThat(cost().lines().get(1)).startsWith("  because 127.0.0.1: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"retailPrice\":\"much\"}",
        "{\"armSkuName\":\"Standard_DC2as_v5\",\"retailPrice\":0.1}"
      })
  void isUnknownWhereThePriceIsNotThere(String items) {
    pages.add(items);

    assertThat(cost().lines())
        .containsExactly(
            "cost: unknown",
            "  because the price list has no price for Standard_DC2as_v5 in eastus");
  }

  @ParameterizedTest
  @CsvSource({"0", "-1"})
  void isUnknownWhereThePriceIsNone(double price) {
    pages.add(item(SNP, price, PAST));

    assertThat(cost().lines()).startsWith("cost: unknown");
  }

  @Test
  void isUnknownWhereTwoPricesHold() {
    pages.add(item(SNP, 0.1, PAST) + "," + item(SNP, 0.2, PAST));

    assertThat(cost().lines())
        .containsExactly(
            "cost: unknown",
            "  because the price list has more than one price for Standard_DC2as_v5 in eastus");
  }

  @Test
  void isUnknownWhereTheAnswerIsNoList() {
    pages.add("]}broken");
    assertThat(cost().lines()).startsWith("cost: unknown");

    pages.clear(); // HTTP 500
    assertThat(cost().lines())
        .containsExactly("cost: unknown", "  because the price list answered HTTP 500");
  }

  @Test
  void followsNoLinkToAnotherHost() {
    pages.add(item(SNP, 0.1, PAST));
    pages.add(item(SNP, 0.1, PAST));
    changedLink = "https://elsewhere.example";

    assertThat(cost().lines())
        .containsExactly("cost: unknown", "  because the price list leads to another host");
  }

  @Test
  void takesADatedAndSourcedFile(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("prices.json"),
            """
            {"source": "our agreement", "date": "2026-11-01", "currency": "EUR",
             "prices": [{"region": "eastus", "size": "Standard_DC2as_v5", "perHour": 0.09}]}
            """);

    Prices own = PriceFile.read(file);

    assertThat(Cost.atMost(own, "eastus", List.of(SNP), Limits.standard()).lines())
        .startsWith("cost: at most 7.20 EUR")
        .element(1)
        .asString()
        .endsWith("(Standard_DC2as_v5, eastus; our agreement, 2026-11-01)");
    assertThat(Cost.atMost(own, "westus", List.of(SNP), Limits.standard()).lines())
        .containsExactly(
            "cost: unknown", "  because the price file has none for Standard_DC2as_v5 in westus");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"date\":\"2026-11-01\",\"currency\":\"EUR\"}|it needs \"source\"",
        "{\"source\":\"s\",\"date\":\"yesterday\",\"currency\":\"EUR\"}|it needs \"source\"",
        "{\"source\":\"s\",\"date\":\"2026-11-01\",\"currency\":\"EUR\",\"prices\":[{}]}|entry 0",
        "not json|it is no JSON (line 1)"
      })
  void namesTheFileAndWhatIsWrongInIt(String text, String why, @TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("prices.json"), text);

    assertThat(refusal(Reason.NOT_CONFIGURED, () -> PriceFile.read(file)))
        .hasMessageContainingAll("the price file " + file, why);
  }

  @Test
  void namesAFileThatIsNotThere(@TempDir Path folder) {
    assertThat(refusal(Reason.NOT_CONFIGURED, () -> PriceFile.read(folder.resolve("none.json"))))
        .hasMessageContaining("none.json: it cannot be read");
  }
}

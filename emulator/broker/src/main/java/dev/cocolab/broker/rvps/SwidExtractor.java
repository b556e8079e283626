package dev.cocolab.broker.rvps;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A reference integrity manifest of the Trusted Computing Group (RIM Information Model 1.01) as
 * SWID tag (ISO/IEC 19770-2). Each {@code Resource} of type {@code Measurement} with a hash that is
 * not all zeros becomes a list of hashes under {@code
 * <PlatformManufacturerStr>.<edition>.measurement_<index>}, blanks and dashes as underscores. The
 * XML signature is not checked.
 */
final class SwidExtractor implements Extractor {
  private static final String SWID = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
  private static final String RIMIM =
      "https://trustedcomputinggroup.org/resource/tcg-reference-integrity-manifest-rim-information-model/";
  private static final String SHA384 = "http://www.w3.org/2001/04/xmlenc#sha384";

  @Override
  public List<Extracted> extract(byte[] manifest) {
    Document xml = parse(manifest);
    Element meta =
        first(xml, "Meta").orElseThrow(() -> Extractor.refused("Could not find meta information."));
    if (!meta.hasAttributeNS(RIMIM, "PlatformManufacturerStr")) {
      throw Extractor.refused("Could not find manufacturer information.");
    }
    if (!meta.hasAttribute("edition")) {
      throw Extractor.refused("Could not find edition information.");
    }
    String prefix =
        meta.getAttributeNS(RIMIM, "PlatformManufacturerStr").replace(' ', '_')
            + "."
            + meta.getAttribute("edition");
    Element payload =
        first(xml, "Payload").orElseThrow(() -> Extractor.refused("Could not find SWID payload."));
    return measurements(payload, prefix);
  }

  private static List<Extracted> measurements(Element payload, String prefix) {
    List<Extracted> out = new ArrayList<>();
    NodeList resources = payload.getElementsByTagNameNS(SWID, "Resource");
    for (int i = 0; i < resources.getLength(); i++) {
      Element resource = (Element) resources.item(i);
      if (!resource.getAttribute("type").equals("Measurement")) {
        continue;
      }
      if (!resource.hasAttribute("index")) {
        throw Extractor.refused("Could not find measurement name");
      }
      ArrayNode hashes = hashes(resource);
      if (!hashes.isEmpty()) {
        String name = prefix + ".measurement_" + resource.getAttribute("index");
        out.add(new Extracted(name.replace('-', '_'), hashes));
      }
    }
    return out;
  }

  private static ArrayNode hashes(Element resource) {
    ArrayNode out = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; resource.hasAttributeNS(SHA384, "Hash" + i); i++) {
      String hash = resource.getAttributeNS(SHA384, "Hash" + i);
      if (!hash.matches("0*")) {
        out.add(hash);
      }
    }
    return out;
  }

  private static Optional<Element> first(Document xml, String name) {
    return Optional.ofNullable((Element) xml.getElementsByTagNameNS(SWID, name).item(0));
  }

  /** Without document types, entities and anything that is elsewhere. */
  private static Document parse(byte[] manifest) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setNamespaceAware(true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setXIncludeAware(false);
      factory.setExpandEntityReferences(false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null); // it would print what the exception says anyway
      return builder.parse(new ByteArrayInputStream(manifest));
    } catch (SAXException | IOException e) {
      throw new BrokerException(
          Reason.REFERENCE_VALUES, "the payload of type `swid` is not XML: " + e.getMessage(), e);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK's XML parser knows these features", e);
    }
  }
}

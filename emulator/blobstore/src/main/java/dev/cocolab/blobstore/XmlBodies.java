package dev.cocolab.blobstore;

import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;

/**
 * The three XML documents of the service that occur here: errors, block lists, listings of blobs.
 */
final class XmlBodies {

  private static final int LONGEST_BLOCK_ID = 64;

  private XmlBodies() {}

  /** Something that writes elements. */
  private interface Content {
    void write(XMLStreamWriter xml) throws XMLStreamException;
  }

  /** The error document; message lines as the service composes them. */
  static String error(BlobError error, String requestId, String time, Map<String, String> details) {
    String message = error.message() + "\nRequestId:" + requestId + "\nTime:" + time;
    return document(
        xml -> {
          xml.writeStartElement("Error");
          element(xml, "Code", error.code());
          element(xml, "Message", message);
          for (Map.Entry<String, String> detail : details.entrySet()) {
            element(xml, detail.getKey(), detail.getValue());
          }
          xml.writeEndElement();
        });
  }

  /** The answer to List Blobs. */
  static String listing(
      String endpoint, String container, String prefix, int most, BlobMemory.Page page) {
    return document(
        xml -> {
          xml.writeStartElement("EnumerationResults");
          xml.writeAttribute("ServiceEndpoint", endpoint);
          xml.writeAttribute("ContainerName", container);
          element(xml, "Prefix", prefix);
          element(xml, "MaxResults", Integer.toString(most));
          xml.writeStartElement("Blobs");
          for (Map.Entry<String, StoredBlob> entry : page.blobs()) {
            xml.writeStartElement("Blob");
            element(xml, "Name", entry.getKey());
            properties(xml, entry.getValue());
            xml.writeEndElement();
          }
          xml.writeEndElement();
          element(xml, "NextMarker", page.next().map(XmlBodies::marker).orElse(""));
          xml.writeEndElement();
        });
  }

  private static void properties(XMLStreamWriter xml, StoredBlob blob) throws XMLStreamException {
    xml.writeStartElement("Properties");
    element(xml, "Creation-Time", SasTimes.httpDate(blob.created()));
    element(xml, "Last-Modified", SasTimes.httpDate(blob.modified()));
    element(xml, "Etag", blob.etag().replace("\"", ""));
    element(xml, "Content-Length", Integer.toString(blob.content().length));
    for (Map.Entry<String, String> header : blob.headers().entrySet()) {
      element(xml, header.getKey(), header.getValue());
    }
    element(xml, "BlobType", "BlockBlob");
    element(xml, "ServerEncrypted", "true");
    xml.writeEndElement();
  }

  /** An opaque marker for the page that starts at a name. */
  static String marker(String name) {
    return Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  static String fromMarker(String marker) {
    try {
      return new String(Base64.getUrlDecoder().decode(marker), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw RefusedException.query("marker", marker, "The marker was not made by this server.");
    }
  }

  /** Reads the body of Put Block List. Document types and entities are not processed. */
  static List<BlobMemory.BlockReference> blockList(byte[] body) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    List<BlobMemory.BlockReference> references = new ArrayList<>();
    try {
      XMLStreamReader xml = factory.createXMLStreamReader(new ByteArrayInputStream(body));
      xml.nextTag();
      xml.require(XMLStreamReader.START_ELEMENT, null, "BlockList");
      while (xml.nextTag() == XMLStreamReader.START_ELEMENT) {
        BlobMemory.BlockSource source =
            switch (xml.getLocalName()) {
              case "Latest" -> BlobMemory.BlockSource.LATEST;
              case "Committed" -> BlobMemory.BlockSource.COMMITTED;
              case "Uncommitted" -> BlobMemory.BlockSource.UNCOMMITTED;
              default -> throw new RefusedException(BlobError.INVALID_XML_DOCUMENT);
            };
        references.add(
            new BlobMemory.BlockReference(source, blockId(xml.getElementText().strip())));
      }
    } catch (XMLStreamException e) {
      throw new RefusedException(BlobError.INVALID_XML_DOCUMENT);
    }
    return references;
  }

  /** A block id is base64 of at most 64 bytes. */
  static String blockId(String text) {
    try {
      int bytes = Base64.getDecoder().decode(text).length;
      if (bytes == 0 || bytes > LONGEST_BLOCK_ID) {
        throw new RefusedException(BlobError.INVALID_BLOCK_ID);
      }
      return text;
    } catch (IllegalArgumentException e) {
      throw new RefusedException(BlobError.INVALID_BLOCK_ID);
    }
  }

  private static String document(Content content) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("utf-8", "1.0");
      content.write(xml);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing XML to memory failed", e);
    }
    return "\uFEFF" + text;
  }

  private static void element(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    xml.writeStartElement(name);
    xml.writeCharacters(printable(value));
    xml.writeEndElement();
  }

  /** Characters that XML 1.0 cannot hold become the replacement character. */
  private static String printable(String value) {
    return value.replaceAll(
        "[^\\x09\\x0A\\x0D\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", "\uFFFD");
  }
}

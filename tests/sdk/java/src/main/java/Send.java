import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventSerializer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Writes what the CloudEvents SDK for Java makes of events: one JSON object a line. */
public class Send {
  static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    for (JsonNode told : JSON.readTree(Path.of(arguments[0]).toFile())) {
      CloudEvent event = event(told);
      kafka("binary", event, Map.of()); // its default
      kafka("structured", event, Map.of(
          CloudEventSerializer.ENCODING_CONFIG, Encoding.STRUCTURED,
          CloudEventSerializer.EVENT_FORMAT_CONFIG, new JsonFormat()));
      List<String[]> headers = new ArrayList<>();
      byte[][] body = new byte[1][];
      HttpMessageFactory.createWriter(
              (name, value) -> headers.add(new String[] {name, value}), bytes -> body[0] = bytes)
          .writeBinary(event);
      print("http", "binary", headers, body[0]);
      headers.clear();
      HttpMessageFactory.createWriter(
              (name, value) -> headers.add(new String[] {name, value}), bytes -> body[0] = bytes)
          .writeStructured(event, new JsonFormat());
      print("http", "structured", headers, body[0]);
    }
  }

  static CloudEvent event(JsonNode told) throws Exception {
    CloudEventBuilder builder = CloudEventBuilder.v1()
        .withId(told.get("id").asText())
        .withSource(URI.create(told.get("source").asText()))
        .withType(told.get("type").asText())
        .withSubject(told.get("subject").asText())
        .withTime(OffsetDateTime.parse(told.get("time").asText()))
        .withExtension("division", told.get("division").asText())
        .withExtension("receivedat", told.get("receivedat").asText())
        .withData("application/json", JSON.writeValueAsBytes(told.get("data")));
    if (told.has("sequence")) {
      builder = builder.withExtension("sequence", told.get("sequence").asInt());
    }
    return builder.build();
  }

  static void kafka(String mode, CloudEvent event, Map<String, ?> config) throws Exception {
    CloudEventSerializer serializer = new CloudEventSerializer();
    serializer.configure(config, false);
    RecordHeaders headers = new RecordHeaders();
    byte[] value = serializer.serialize("topic", headers, event);
    List<String[]> found = new ArrayList<>();
    for (Header header : headers) {
      found.add(new String[] {header.key(), new String(header.value(), StandardCharsets.UTF_8)});
    }
    print("kafka", mode, found, value);
  }

  static void print(String over, String mode, List<String[]> headers, byte[] value)
      throws Exception {
    System.out.println(JSON.writeValueAsString(Map.of(
        "over", over, "mode", mode, "headers", headers,
        "value", Base64.getEncoder().encodeToString(value))));
  }
}

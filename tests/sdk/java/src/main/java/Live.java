import com.fasterxml.jackson.databind.JsonNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventSerializer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends events to a broker with the producer of Kafka and the serializer of the SDK. */
public class Live {
  public static void main(String[] arguments) throws Exception {
    Map<String, Object> structured = Map.of(
        CloudEventSerializer.ENCODING_CONFIG, Encoding.STRUCTURED,
        CloudEventSerializer.EVENT_FORMAT_CONFIG, new JsonFormat());
    for (Map<String, Object> mode : List.of(Map.<String, Object>of(), structured)) {
      Map<String, Object> config = new HashMap<>(mode);
      config.put("bootstrap.servers", arguments[1]);
      config.put("key.serializer", StringSerializer.class);
      config.put("value.serializer", CloudEventSerializer.class);
      config.put("acks", "all");
      try (KafkaProducer<String, CloudEvent> producer = new KafkaProducer<>(config)) {
        for (JsonNode told : Send.JSON.readTree(Path.of(arguments[0]).toFile())) {
          String topic = arguments[2] + ".intake." + told.get("source").asText();
          producer.send(new ProducerRecord<>(topic, Send.event(told))).get();
        }
      }
    }
  }
}

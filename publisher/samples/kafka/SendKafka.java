// Sends a JSON Lines file of events to Kafka (Java 11 or newer, org.apache.kafka:kafka-clients and
// slf4j-api on the class path):
//   java -cp "libs/*" SendKafka.java events.jsonl 127.0.0.1:9092 mingjian.intake.payouts
// Prints where each stands, as receipts name it in `offset`. Sent again, nothing counts twice.
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

public class SendKafka {
    public static void main(String[] arguments) throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", arguments[1],
                "key.serializer", StringSerializer.class,
                "value.serializer", StringSerializer.class,
                "acks", "all");
        String topic = arguments[2];
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(config)) {
            for (String event : Files.readAllLines(Path.of(arguments[0]))) { // UTF-8
                // One key for all: they stay in order. The value is the whole event (structured).
                RecordMetadata at = producer.send(new ProducerRecord<>(topic, topic, event)).get();
                System.out.println(at.partition() + "/" + at.offset());
            }
        }
    }
}

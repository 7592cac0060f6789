// Sends a JSON Lines file of events (Java 11 or newer, no library):
//   MINGJIAN_URL=http://127.0.0.1:8010 MINGJIAN_KEY=… java Send.java events.jsonl
// Prints what became of each event. Sent again, nothing counts twice.
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

public class Send {
    public static void main(String[] arguments) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .uri(URI.create(System.getenv("MINGJIAN_URL") + "/events"))
                .timeout(Duration.ofSeconds(120))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofFile(Path.of(arguments[0])));
        String key = System.getenv("MINGJIAN_KEY");
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        HttpResponse<String> response = post(request.build(), 5);
        System.out.print(response.body());
        if (response.statusCode() >= 300) {
            System.exit(2);
        }
        boolean wrong = response.body().contains("\"outcome\":\"quarantined\"")
                || response.body().contains("\"outcome\":\"refused\"");
        System.exit(wrong ? 1 : 0);
    }

    private static HttpResponse<String> post(HttpRequest request, int tries) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int left = tries; ; left--) {
            long seconds = 1; // nobody there, or the answer was lost: the same may be sent again
            try {
                HttpResponse<String> response =
                        client.send(request, HttpResponse.BodyHandlers.ofString());
                boolean again = response.statusCode() == 429 || response.statusCode() >= 500;
                if (!again || left == 1) {
                    return response;
                }
                seconds = response.headers().firstValueAsLong("Retry-After").orElse(1);
            } catch (IOException error) {
                if (left == 1) {
                    throw error;
                }
            }
            Thread.sleep(1000 * seconds);
        }
    }
}

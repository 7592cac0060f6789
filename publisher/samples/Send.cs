// Sends a JSON Lines file of events (.NET 6 or newer): put it in a console project as Program.cs,
//   MINGJIAN_URL=http://127.0.0.1:8010 MINGJIAN_KEY=… dotnet run events.jsonl
// Prints what became of each event. Sent again, nothing counts twice.
using System.Net.Http.Headers;
using System.Text.Json;

var client = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
var key = Environment.GetEnvironmentVariable("MINGJIAN_KEY");
if (key is not null)
{
    client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
}

var body = await File.ReadAllBytesAsync(args[0]);
var response = await Post(5);
var text = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    Console.Error.WriteLine(text);
    return 2;
}

var wrong = false;
foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
{
    Console.WriteLine(line);
    var outcome = JsonDocument.Parse(line).RootElement.GetProperty("outcome").GetString();
    wrong |= outcome is "quarantined" or "refused";
}
return wrong ? 1 : 0;

async Task<HttpResponseMessage> Post(int tries)
{
    for (; ; tries--)
    {
        var pause = TimeSpan.FromSeconds(1); // nobody there, or the answer was lost: send it again
        try
        {
            var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            var url = Environment.GetEnvironmentVariable("MINGJIAN_URL") + "/events";
            var response = await client.PostAsync(url, content);
            var again = (int)response.StatusCode == 429 || (int)response.StatusCode >= 500;
            if (!again || tries == 1)
            {
                return response;
            }
            pause = response.Headers.RetryAfter?.Delta ?? pause;
        }
        catch (HttpRequestException) when (tries > 1)
        {
        }
        await Task.Delay(pause);
    }
}

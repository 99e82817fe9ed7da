// The `openai` package for Node against the local API: prints what it got as one line of JSON.
// Arguments: the folder that the packages are installed in. Environment: API_URL, API_KEY.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "package.json"));
const { default: OpenAI, NotFoundError, AuthenticationError, BadRequestError } = require("openai");

const baseURL = `${process.env.API_URL}/v1`;
const client = new OpenAI({ baseURL, apiKey: process.env.API_KEY, maxRetries: 0 });
const messages = [{ role: "user", content: "Name the capital of France." }];
const wish = { model: "starter", messages, max_tokens: 6, temperature: 0 };
const tool = {
  type: "function",
  function: {
    name: "add",
    parameters: {
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "integer" } },
      required: ["a", "b"],
      additionalProperties: false,
    },
  },
};

async function errorOf(asking) {
  try {
    await asking();
  } catch (error) {
    return error;
  }
  return null;
}

const models = [];
for await (const model of client.models.list()) models.push(model.id);

const whole = await client.chat.completions.create(wish);

let streamed = "";
let usage = null;
const stream = await client.chat.completions.create({ ...wish, stream: true, stream_options: { include_usage: true } });
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}

const called = await client.chat.completions
  .stream({ ...wish, max_tokens: 300, tools: [tool], tool_choice: "required", parallel_tool_calls: false })
  .finalChatCompletion();

const vectors = await client.embeddings.create({ model: "embedder", input: ["a", "b"] });
const unknown = await errorOf(() => client.chat.completions.create({ ...wish, model: "nobody" }));
const wrong = await errorOf(() => client.chat.completions.create({ ...wish, temperature: 9 }));
const stranger = new OpenAI({ baseURL, apiKey: "wrong", maxRetries: 0 });
const refused = await errorOf(() => stranger.models.list());

console.log(
  JSON.stringify({
    models,
    whole: whole.choices[0].message.content,
    streamed,
    usage,
    call: called.choices[0].message.tool_calls[0].function,
    vectors: vectors.data.map((item) => item.embedding.length),
    errors: [unknown instanceof NotFoundError, wrong instanceof BadRequestError, refused instanceof AuthenticationError],
    param: wrong.param,
  }),
);

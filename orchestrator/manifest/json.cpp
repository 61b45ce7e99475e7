#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "manifest/manifest.hpp"
#include "util/error.hpp"

namespace kproof::manifest {
using Json = nlohmann::ordered_json;
using Names = std::vector<std::string>;

static constexpr int kManifestSchema = 1;

static Json encode_filter(const plan::Filter& filter) {
  Json json{{"kernels", filter.kernels},
            {"topologies", filter.topologies},
            {"cases", filter.cases},
            {"ids", filter.ids}};
  if (filter.shard) json["shard"] = {{"index", filter.shard->index}, {"of", filter.shard->of}};
  return json;
}

static plan::Filter decode_filter(const Json& json) {
  plan::Filter filter{.kernels = json.at("kernels").get<Names>(),
                      .topologies = json.at("topologies").get<Names>(),
                      .cases = json.at("cases").get<Names>(),
                      .ids = json.at("ids").get<Names>()};
  if (json.contains("shard"))
    filter.shard = {json.at("shard").at("index").get<unsigned>(),
                    json.at("shard").at("of").get<unsigned>()};
  return filter;
}

std::string to_json(const Manifest& manifest) {
  Json texts = Json::array();
  for (const model::PlanText& one : manifest.texts)
    texts.push_back({{"file", one.file.string()}, {"text", one.text}});
  const Json json{{"schema", kManifestSchema},
                  {"kind", "manifest"},
                  {"kproof", manifest.kproof},
                  {"started", manifest.started},
                  {"plan", manifest.plan},
                  {"file", manifest.file.string()},
                  {"kernel_runs", manifest.kernel_runs},
                  {"filter", encode_filter(manifest.filter)},
                  {"cells", manifest.cells},
                  {"cases", manifest.cases},
                  {"texts", std::move(texts)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

static Manifest decode(const Json& json) {
  if (json.at("kind") != "manifest" || json.at("schema") != kManifestSchema)
    throw std::invalid_argument("another kind or schema");
  Manifest manifest{.kproof = json.at("kproof"),
                    .plan = json.at("plan"),
                    .file = json.at("file").get<std::string>(),
                    .kernel_runs = json.at("kernel_runs"),
                    .texts = {},
                    .filter = decode_filter(json.at("filter")),
                    .cases = json.at("cases").get<Names>(),
                    .cells = json.at("cells").get<Names>(),
                    .started = json.at("started")};
  for (const Json& one : json.at("texts"))
    manifest.texts.push_back({one.at("file").get<std::string>(), one.at("text")});
  return manifest;
}

Manifest from_json(std::string_view text, const std::filesystem::path& file) {
  try {
    return decode(Json::parse(text));
  } catch (const std::exception& error) {
    throw HostError(fmt::format("{} is no manifest of a run: {}", file.string(), error.what()),
                    "run the plan again, into another directory");
  }
}

}  // namespace kproof::manifest

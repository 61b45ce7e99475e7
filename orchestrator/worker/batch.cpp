#include "worker/batch.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "util/error.hpp"

namespace kproof::worker {
using Json = nlohmann::ordered_json;

static constexpr int kBatchSchema = 1;

static Json encode_item(const Item& item) {
  return {{"id", item.id},
          {"limit_ms", item.limit.count()},
          {"memory", item.memory},
          {"vcpus", item.vcpus}};
}

static std::string accel_word(const std::optional<model::Accel>& accel) {
  if (!accel) return "auto";
  return *accel == model::Accel::kvm ? "kvm" : "tcg";
}

std::string to_json(const Batch& batch) {
  Json items = Json::array();
  for (const Item& item : batch.items)
    items.push_back(encode_item(item));
  const Json json{{"schema", kBatchSchema},
                  {"kind", "batch"},
                  {"accel", accel_word(batch.accel)},
                  {"as_root", batch.as_root},
                  {"dump_on_hang", batch.dump_on_hang},
                  {"stale_after_ms", batch.rules.stale_after.count()},
                  {"most_failed", batch.rules.most_failed},
                  {"kernels", batch.kernels},
                  {"items", std::move(items)}};
  return json.dump(1) + "\n";
}

static std::optional<model::Accel> accel_of(const std::string& word) {
  if (word == "auto") return std::nullopt;
  if (word == "kvm") return model::Accel::kvm;
  if (word == "tcg") return model::Accel::tcg;
  throw std::invalid_argument(fmt::format("unknown accelerator `{}`", word));
}

static Batch decode_batch(const Json& json) {
  if (json.at("kind") != "batch" || json.at("schema") != kBatchSchema)
    throw std::invalid_argument("another kind or schema");
  Batch batch{.items = {},
              .kernels = json.at("kernels").get<std::vector<std::string>>(),
              .accel = accel_of(json.at("accel")),
              .as_root = json.at("as_root"),
              .dump_on_hang = json.at("dump_on_hang"),
              .rules = {util::Millis(json.at("stale_after_ms").get<std::int64_t>()),
                        json.at("most_failed").get<std::size_t>()}};
  for (const Json& item : json.at("items"))
    batch.items.push_back({item.at("id"), util::Millis(item.at("limit_ms").get<std::int64_t>()),
                           item.at("memory").get<std::uint64_t>(),
                           item.at("vcpus").get<unsigned>()});
  return batch;
}

Batch from_json(std::string_view text, const std::filesystem::path& file) {
  try {
    return decode_batch(Json::parse(text));
  } catch (const std::exception& error) {
    throw HostError(
        fmt::format("{} is no list of cells for workers: {}", file.string(), error.what()),
        "`kproof run --on slurm` writes one, into a new directory");
  }
}

Largest largest_of(const Batch& batch) {
  Largest largest;
  for (const Item& item : batch.items) {
    largest.memory = std::max(largest.memory, item.memory);
    largest.vcpus = std::max(largest.vcpus, item.vcpus);
  }
  return largest;
}

}  // namespace kproof::worker

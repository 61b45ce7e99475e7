#include "report/json.hpp"

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "report/encode.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::report {
namespace fs = std::filesystem;

// A console holds whatever a guest prints, so that texts may not be UTF-8.
std::string dump(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string cell_to_json(const model::CellResult& cell) {
  Json json{{"schema", kSchema}, {"kind", "cell"}};
  json.update(encode(cell));
  return dump(json);
}

model::CellResult cell_from_json(std::string_view text, const fs::path& file) {
  try {
    const Json json = Json::parse(text);
    if (json.at("schema") != kSchema)
      throw std::invalid_argument(
          fmt::format("schema {} is not {}", json.at("schema").dump(), kSchema));
    return decode_cell(json);
  } catch (const std::exception& error) {
    throw HostError(fmt::format("{} is not the result of a cell: {}", file.string(), error.what()),
                    "remove it, and the cell is run again");
  }
}

Json encode(const model::HostFacts& h) {
  return {{"hostname", h.hostname},
          {"os", h.os},
          {"kernel", h.kernel},
          {"cpu", h.cpu},
          {"cores", h.cores},
          {"memory", h.memory},
          {"qemu", h.qemu},
          {"libvirt", h.libvirt},
          {"connection", h.connection},
          {"accel", to_word(h.accel)},
          {"accel_reason", h.accel_reason}};
}

Json encode(const Filters& f) {
  return {{"kernels", f.kernels}, {"topologies", f.topologies}, {"cases", f.cases}, {"ids", f.ids}};
}

static Json encode(const model::Shard& shard) {
  return {{"index", shard.index}, {"of", shard.of}};
}

static Json encode(const Part& part) {
  Json json{{"directory", part.directory},     {"host", encode(part.host)},
            {"started", part.started},         {"ended", part.ended},
            {"interrupted", part.interrupted}, {"cells", part.cells}};
  if (part.shard) json["shard"] = encode(*part.shard);
  return json;
}

static Json encode_build(const model::BuildSource& build) {
  Json json;
  if (const auto* package = std::get_if<model::SourcePackage>(&build.tree))
    json["package"] = package->package;
  else if (const auto* tarball = std::get_if<model::Tarball>(&build.tree))
    json["tarball"] = tarball->file.string();
  else if (const auto* work = std::get_if<model::WorkTree>(&build.tree))
    json["directory"] = work->directory.string();
  else
    json.update({{"git", std::get<model::GitRevision>(build.tree).repository.string()},
                 {"revision", std::get<model::GitRevision>(build.tree).revision}});
  json["patches"] = build.patches;
  json["config"] = build.config;
  json["fragments"] = build.fragments;
  return json;
}

static Json encode_kernel(const model::KernelSpec& kernel) {
  Json json{{"name", kernel.name}, {"label", kernel.label}};
  if (const auto* package = std::get_if<model::PackageSource>(&kernel.source))
    json["package"] = package->package;
  else if (const auto* path = std::get_if<model::PathSource>(&kernel.source))
    json["path"] = path->path.string();
  else
    json["build"] = encode_build(std::get<model::BuildSource>(kernel.source));
  return json;
}

static Json encode_levels(const model::Topology& topology) {
  Json levels = Json::array();
  for (const auto& level : topology.levels)
    levels.push_back(encode(level));
  return levels;
}

static Json encode_plan(const model::Plan& plan) {
  Json json{
      {"name", plan.name},        {"file", plan.file.string()},  {"repetitions", plan.repetitions},
      {"kernels", Json::array()}, {"topologies", Json::array()}, {"metrics", Json::array()}};
  for (const auto& watched : plan.metrics)
    json["metrics"].push_back({{"metric", watched.name}, {"least_change", watched.least_change}});
  for (const auto& kernel : plan.kernels)
    json["kernels"].push_back(encode_kernel(kernel));
  for (const auto& topology : plan.topologies)
    json["topologies"].push_back({{"name", topology.name}, {"levels", encode_levels(topology)}});
  return json;
}

// How many cells ended so: by verdict, and as compare::Standing has it.
static Json encode_counts(const RunReport& report) {
  Json verdicts = Json::object();
  for (int i = 0; i <= static_cast<int>(model::Verdict::broken); ++i)
    verdicts[std::string(to_string(static_cast<model::Verdict>(i)))] = 0;
  std::size_t standing[3] = {}, reused = 0;
  for (const auto& cell : report.cells) {
    Json& count = verdicts[std::string(to_string(cell.judgement.verdict))];
    count = count.get<std::size_t>() + 1;
    ++standing[static_cast<std::size_t>(compare::standing_of(cell.judgement))];
    reused += cell.reused;
  }
  return {{"expected", standing[0]}, {"unexpected", standing[1]},    {"host", standing[2]},
          {"reused", reused},        {"unrun", report.unrun.size()}, {"verdicts", verdicts}};
}

Json head_of(std::string_view kind, std::string_view started, std::string_view ended,
             bool interrupted) {
  return {{"schema", kSchema},  {"kind", kind},   {"kproof", KPROOF_VERSION},
          {"started", started}, {"ended", ended}, {"interrupted", interrupted}};
}

std::string results_to_json(const RunReport& report) {
  Json json =
      head_of(report.series ? "series" : "run", report.started, report.ended, report.interrupted);
  json.update({{"planned", report.planned},
               {"counts", encode_counts(report)},
               {"filters", encode(report.filters)},
               {"host", encode(report.host)},
               {"plan", encode_plan(report.plan)},
               {"cells", Json::array()},
               {"unrun", Json::array()}});
  if (report.shard) json["shard"] = encode(*report.shard);
  for (const Part& part : report.parts)
    json["parts"].push_back(encode(part));
  for (const auto& cell : report.cells)
    json["cells"].push_back(encode(cell));
  for (const auto& cell : report.unrun)
    json["unrun"].push_back(cell.id);
  if (report.series) json["series"] = encode(*report.series);
  return dump(json);
}

std::optional<std::string> plan_in(const fs::path& directory) {
  const fs::path file = directory / "results.json";
  if (!fs::exists(file)) return std::nullopt;
  const Json json = Json::parse(util::read_file(file), nullptr, false);
  const auto name = Json::json_pointer("/plan/name");
  if (json.is_discarded() || !json.contains(name) || !json.at(name).is_string())
    return std::nullopt;
  return json.at(name).get<std::string>();
}

static Ended decode_ended(const Json& json) {
  if (json.at("schema") != kSchema)
    throw std::invalid_argument(
        fmt::format("schema {} is not {}", json.at("schema").dump(), kSchema));
  Ended ended{.kind = json.at("kind"),
              .started = json.at("started"),
              .ended = json.at("ended"),
              .interrupted = json.at("interrupted"),
              .host = decode_host(json.at("host")),
              .cells = {}};
  for (const Json& cell : json.value("cells", Json::array()))
    ended.cells.push_back(cell.at("id"));
  return ended;
}

std::optional<Ended> read_ended(const fs::path& directory) {
  const fs::path file = directory / "results.json";
  if (!fs::exists(file)) return std::nullopt;
  try {
    return decode_ended(Json::parse(util::read_file(file)));
  } catch (const std::exception& error) {
    throw HostError(
        fmt::format("{} is not the results of a run: {}", file.string(), error.what()),
        "remove it, and run the plan again with this directory: what is finished is kept");
  }
}

void write_cell(const fs::path& directory, const model::CellResult& cell) {
  util::write_file_atomically(directory / "cell.json", cell_to_json(cell));
}

model::CellResult read_cell(const fs::path& directory) {
  const fs::path file = directory / "cell.json";
  return cell_from_json(util::read_file(file), file);
}

}  // namespace kproof::report

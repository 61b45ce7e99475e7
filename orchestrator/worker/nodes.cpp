#include "worker/nodes.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "report/json.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::worker {
namespace fs = std::filesystem;

static std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

static std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

static std::string job_name() {
  const std::string array = variable("SLURM_ARRAY_JOB_ID");
  std::string job =
      array.empty() ? variable("SLURM_JOB_ID") : array + "_" + variable("SLURM_ARRAY_TASK_ID");
  if (job.empty()) return "";
  if (const std::string restarts = variable("SLURM_RESTART_COUNT"); !restarts.empty())
    job += "r" + restarts;
  return fmt::format("{}-{}", job, variable("SLURMD_NODENAME"));
}

std::string worker_name() {
  std::string name = job_name();
  if (name.empty()) name = fmt::format("{}-{}", host_name(), ::getpid());
  for (char& c : name)
    if (c == '/' || static_cast<unsigned char>(c) <= ' ') c = '_';
  return name;
}

static fs::path node_directory(const fs::path& directory, const std::string& worker) {
  const fs::path node = directory / "nodes" / worker;
  fs::create_directories(node);
  return node;
}

void write_node_fault(const fs::path& directory, const std::string& worker,
                      const std::string& what) {
  util::write_file_atomically(node_directory(directory, worker) / "fault", what + "\n");
}

void write_node(const fs::path& directory, const std::string& worker, const fs::path& results,
                std::size_t cells) {
  const fs::path node = node_directory(directory, worker);
  util::write_file_atomically(node / "cells", std::to_string(cells));
  util::write_file_atomically(node / "results.json", util::read_file(results));
}

static std::size_t cells_of(const fs::path& node) {
  const std::string text = util::read_file(node / "cells");
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

static std::vector<fs::path> nodes_in(const fs::path& directory) {
  std::vector<fs::path> nodes;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory / "nodes", none))
    nodes.push_back(entry.path());
  std::ranges::sort(nodes);
  return nodes;
}

std::vector<NodeFault> node_faults(const fs::path& directory) {
  std::vector<NodeFault> faults;
  for (const fs::path& node : nodes_in(directory)) {
    if (!fs::exists(node / "fault")) continue;
    std::string what = util::read_file(node / "fault");
    what.resize(what.find_last_not_of('\n') + 1);
    faults.push_back({node.filename().string(), what});
  }
  return faults;
}

std::vector<report::Part> workers_of(const fs::path& directory) {
  std::vector<report::Part> workers;
  for (const fs::path& node : nodes_in(directory)) {
    const auto ended = report::read_ended(node);
    if (!ended) continue;
    workers.push_back({.directory = fmt::format("nodes/{}", node.filename().string()),
                       .shard = {},
                       .host = ended->host,
                       .started = ended->started,
                       .ended = ended->ended,
                       .cells = cells_of(node)});
  }
  return workers;
}

}  // namespace kproof::worker

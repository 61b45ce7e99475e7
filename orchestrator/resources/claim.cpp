#include "resources/claim.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "util/utf8.hpp"

namespace kproof::resources {
using Json = nlohmann::json;

std::string name_of(const Claim& claim) {
  return fmt::format("kproof run {}, pid {}{}", claim.run, claim.pid,
                     claim.user.empty() ? "" : " of " + claim.user);
}

static Json to_json(const Needs& needs) {
  Json pages = Json::object();
  for (const auto& [size, count] : needs.huge_pages)
    pages[std::to_string(size)] = count;
  return {{"vcpus", needs.vcpus},
          {"memory", needs.memory},
          {"huge_pages", std::move(pages)},
          {"shared", needs.shared},
          {"quiet", needs.quiet}};
}

std::string to_text(const Claim& claim) {
  Json json{{"kproof_claim", 1},
            {"run", claim.run},
            {"pid", claim.pid},
            {"cpus", claim.place.cpus},
            {"cpu_cgroup", claim.place.cpu_cgroup},
            {"memory_cgroup", claim.place.memory_cgroup},
            {"shared", claim.place.shared},
            {"held", to_json(claim.held)}};
  if (claim.wanted) {
    json["wanted"] = to_json(claim.wanted->needs);
    json["since"] = claim.wanted->since;
  }
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

static std::uint64_t unsigned_of(const Json& json) {
  if (!json.is_number_unsigned()) throw std::domain_error("not unsigned");
  return json.get<std::uint64_t>();
}

static Needs needs_of(const Json& json) {
  Needs needs{.vcpus = static_cast<unsigned>(
                  std::min<std::uint64_t>(unsigned_of(json.at("vcpus")), 1u << 30)),
              .memory = unsigned_of(json.at("memory")),
              .huge_pages = {},
              .shared = unsigned_of(json.at("shared")),
              .quiet = json.at("quiet").get<bool>()};
  for (const std::uint64_t page : {kPage2M, kPage1G})
    if (const auto found = json.at("huge_pages").find(std::to_string(page));
        found != json.at("huge_pages").end())
      needs.huge_pages[page] = unsigned_of(*found);
  return needs;
}

static std::string short_text(const Json& json) {
  constexpr std::size_t kMost = 80;
  std::string text = json.get<std::string>();
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  std::ranges::replace(text, '\n', ' ');
  return util::printable(text);
}

std::optional<Claim> parse_claim(std::string_view text) try {
  const Json json = Json::parse(text);
  if (json.at("kproof_claim") != 1) return std::nullopt;
  Claim claim{.run = short_text(json.at("run")), .pid = json.at("pid").get<int>()};
  claim.place = {.cpus = json.at("cpus"),
                 .cpu_cgroup = json.at("cpu_cgroup"),
                 .memory_cgroup = json.at("memory_cgroup"),
                 .shared = json.at("shared")};
  claim.held = needs_of(json.at("held"));
  if (json.contains("wanted"))
    claim.wanted = Wanted{needs_of(json.at("wanted")), json.at("since").get<std::int64_t>()};
  return claim;
} catch (const std::exception&) {  // of nlohmann's, or the one above
  return std::nullopt;
}

}  // namespace kproof::resources

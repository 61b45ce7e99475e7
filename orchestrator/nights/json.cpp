#include "nights/json.hpp"

#include <nlohmann/json.hpp>

#include "history/text.hpp"

namespace kproof::nights {
using Json = nlohmann::json;

static Json encode(const Event& event) {
  return {{"kind", to_string(event.kind)},
          {"cells", event.cells},
          {"what", event.what},
          {"with", event.with},
          {"how", event.how},
          {"since", event.since},
          {"least", event.least},
          {"most", event.most},
          {"until", event.until},
          {"kernel_before", event.kernel_before},
          {"kernel", event.kernel},
          {"directory", event.directory},
          {"again", event.again}};
}

Json to_json(const Overview& overview) {
  const Ending ending = ending_of(overview);
  Json json{{"nights", overview.nights}, {"cells", Json::array()},
            {"events", Json::array()},   {"unexpected_and_real", ending.real},
            {"slower", ending.slower},   {"host", ending.host}};
  for (const Row& row : overview.rows)
    if (!row.events.empty()) json["cells"].push_back(history::to_json(row.past));
  for (const Event& event : overview.events)
    json["events"].push_back(encode(event));
  return json;
}

}  // namespace kproof::nights

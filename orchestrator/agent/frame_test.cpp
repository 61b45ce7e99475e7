#include "agent/frame.hpp"

#include <doctest/doctest.h>

#include "agent/messages.hpp"

using namespace kproof::agent;

static std::string stream() {
  return encode({Type::hello, 1, "{}"}) + encode({Type::heartbeat, 2, ""}) +
         encode({Type::case_stdout, 1, std::string("\0KPRF\xff", 6)});
}

TEST_CASE("frames come back as they were, however the bytes are cut") {
  const std::string bytes = stream();
  for (std::size_t chunk = 1; chunk <= bytes.size(); ++chunk) {
    Decoder decoder;
    std::vector<Frame> frames;
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
      decoder.feed(std::string_view(bytes).substr(at, chunk));
      while (auto frame = decoder.next())
        frames.push_back(*frame);
    }
    REQUIRE(decoder.error() == "");
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].payload == "{}");
    CHECK(frames[1].level == 2);
    CHECK(frames[2].payload == std::string("\0KPRF\xff", 6));
  }
}

TEST_CASE("nonsense is told by its first byte and its place, and stays an error") {
  Decoder decoder;
  decoder.feed(encode({Type::heartbeat, 1, ""}));
  CHECK(decoder.next());
  decoder.feed("x");
  CHECK(!decoder.next());
  CHECK(decoder.error() == "no frame at byte 16 of the agent's stream");
  decoder.feed(stream());
  CHECK(!decoder.next());
}

TEST_CASE("a wrong version, type, length or checksum is an error") {
  const auto error_with = [](std::size_t at, char value) {
    std::string bytes = encode({Type::case_stdout, 1, "payload"});
    bytes[at] = value;
    Decoder decoder;
    decoder.feed(bytes);
    CHECK(!decoder.next());
    return decoder.error();
  };
  CHECK(error_with(4, 9).starts_with("protocol version 9 instead of 1"));
  CHECK(error_with(5, 60).starts_with("unknown frame type 60"));
  CHECK(error_with(7, 1).starts_with("reserved byte set in a header"));
  CHECK(error_with(11, 1).starts_with("frame of 16777223 bytes"));
  CHECK(error_with(20, 'X').starts_with("bad checksum"));
}

TEST_CASE("messages survive the way there and back") {
  std::string error;
  const auto job = parse_job(to_json(Job{.nonce = "n1",
                                         .argv = {"/cases/mm/x", "--size", "4M"},
                                         .sysctls = {{"a.b", "1"}},
                                         .spare_cpu0 = true}),
                             error);
  REQUIRE(job);
  CHECK(job->argv.at(2) == "4M");
  CHECK(job->sysctls.at(0).second == "1");
  CHECK(job->spare_cpu0);
  CHECK_FALSE(job->kvm);
  const auto ended = parse_case_ended(to_json(CaseEnded{3, 0, true, 12}), error);
  REQUIRE(ended);
  CHECK(ended->aborted);
  CHECK(parse_bye(to_json(Bye{0, 512}), error)->taint_after == 512);
  CHECK(parse_hello(to_json(Hello{1, "6.1", "\xff", "id", ""}), error)->version == "\uFFFD");
}

TEST_CASE("a job says what a user's command is to have") {
  std::string error;
  Job job{.nonce = "n1", .argv = {"make", "check"}};
  CHECK_FALSE(parse_job(to_json(job), error)->visit);
  job.visit = Visit{.terminal = true, .size = {50, 132}, .directory = "/home/me", .writable = true};
  const auto parsed = parse_job(to_json(job), error);
  REQUIRE(parsed);
  CHECK(parsed->visit->size.columns == 132);
  CHECK(parsed->visit->directory == "/home/me");
  CHECK(parsed->visit->writable);
  CHECK_FALSE(parsed->visit->input);
  CHECK(parse_size(to_json(WindowSize{7, 9}), error)->rows == 7);
  CHECK_FALSE(parse_size(R"({"rows": -1})", error));
}

TEST_CASE("a job says what is to be recorded, and the answer what could not be") {
  std::string error;
  Job job{.nonce = "n1"};
  CHECK_FALSE(parse_job(to_json(job), error)->trace);
  job.trace = Trace{.events = {"kvm:*"}, .probes = {"zap_huge_pud"}, .buffer = 4 << 20};
  const auto parsed = parse_job(to_json(job), error);
  REQUIRE(parsed);
  CHECK(parsed->trace->events == job.trace->events);
  CHECK(parsed->trace->probes == job.trace->probes);
  CHECK(parsed->trace->buffer == 4 << 20);
  const auto traced = parse_traced(to_json(Traced{"not ok 1", {"x"}, {"kvm:y"}, {"kvm/z"}}), error);
  REQUIRE(traced);
  CHECK(traced->stopped == "not ok 1");
  CHECK(traced->known.at(0) == "kvm/z");
  CHECK_FALSE(parse_traced(R"({"stopped": 1})", error));
}

TEST_CASE("a message that is not one says why") {
  std::string error;
  CHECK(!parse_hello("{\"protocol\": \"one\"}", error));
  CHECK(error.find("type") != std::string::npos);
  CHECK(!parse_bye("nonsense", error));
}

// What squeue says of our jobs. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::slurm {

struct Task {
  std::string job;     // "17": of an array, all its tasks have it
  std::string task;    // "17_3", or "17"
  std::string state;   // "RUNNING"
  std::string reason;  // why it waits: "Resources", "launch failed requeued held"
  std::string node;
};

// squeue's arguments for those jobs; lines of "17|17_3|RUNNING|None|node4".
std::vector<std::string> squeue_argv(const std::set<std::string>& jobs);
// Lines that are not like this are left out: squeue prints warnings among them.
std::vector<Task> parse_squeue(std::string_view text);

// A task that waits for a person: Slurm holds what failed to launch, for ever.
bool is_held(const Task& task);

// "3 running, 2 waiting (Resources)", for people.
std::string told(const std::vector<Task>& tasks);

// The job's number in what `sbatch --parsable` prints, "17" or "17;cluster"; "" for nothing.
std::string job_in(std::string_view sbatch_says);

}  // namespace kproof::slurm

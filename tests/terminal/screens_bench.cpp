#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "made_store.h"
#include "pty_terminal.h"

// How soon the screens answer, with 1,000 runs of 20 iterations in the store: to the first paint, from a key to its
// bytes while a worker commits, and what they cost while nothing happens. Prints a table; judges nothing.

namespace quantrail::testing_terminal {
namespace {

using std::chrono::milliseconds;

std::vector<std::string> screens(const MadeStore& store) {
  return {QUANTRAIL_BINARY, "--store", (store.folder() / "store").string()};
}

void row(const std::string& what, double value, const char* unit, double goal) {
  fmt::print("{:<44} {:>9.2f} {:<4} goal {:>6.1f}\n", what, value, unit, goal);
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Of user and system time of a process, in seconds.
double cpu_seconds(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  text.erase(0, text.rfind(')') + 2);
  std::vector<std::string> fields;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    fields.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return static_cast<double>(std::stol(fields[11]) + std::stol(fields[12])) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void first_paint(const MadeStore& store) {
  std::vector<double> times;
  for (int round = 0; round < 11; ++round) {
    const auto began = std::chrono::steady_clock::now();
    PtyTerminal terminal(screens(store), {});
    if (!terminal.sees("RUNS 1000") && !terminal.sees("RUNS 1001")) return;
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
  }
  row("first paint, 1,000 runs, median of 11", quantile(times, 0.5), "ms", 100.0);
}

void keys(const MadeStore& store) {
  MadeWorker worker(store);
  PtyTerminal terminal(screens(store), {});
  if (!terminal.sees("RUNS 1001")) return;
  terminal.settled();
  std::atomic<bool> enough{false};
  std::thread committing([&] {
    while (!enough) {
      worker.iterate();
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  std::vector<double> times;
  for (int k = 0; k < 400; ++k) {
    terminal.read_for(milliseconds(30));
    terminal.send(k % 40 < 20 ? "j" : "k");
    if (const auto arrived = terminal.next_byte(milliseconds(2000)))
      times.push_back(static_cast<double>(arrived->count()) / 1000.0);
  }
  enough = true;
  committing.join();
  row("key to bytes while a worker commits, median", quantile(times, 0.5), "ms", 16.0);
  row("the same, 99 of 100", quantile(times, 0.99), "ms", 16.0);
}

void idle(const MadeStore& store) {
  PtyTerminal terminal(screens(store), {});
  if (!terminal.sees("RUNS 1001")) return;
  terminal.settled();
  const double before = cpu_seconds(terminal.process());
  const auto bytes = terminal.read_for(milliseconds(20'000));
  row("processor while nothing happens, 20 s", (cpu_seconds(terminal.process()) - before) / 20.0 * 100.0, "%", 0.3);
  row("bytes in the same time", static_cast<double>(bytes), "B", 0.0);
}

}  // namespace
}  // namespace quantrail::testing_terminal

int main() {
  using namespace quantrail::testing_terminal;
  MadeStore store;
  store.add_runs(1000, 20);
  first_paint(store);
  keys(store);
  idle(store);
  return 0;
}

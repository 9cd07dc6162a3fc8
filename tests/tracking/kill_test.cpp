// Real processes: the only honest way to see what a kill leaves behind.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <random>
#include <thread>

#include "support.h"

namespace quantrail::tracking {
namespace {

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) ::close(std::exchange(ends_[end], -1));
  }
  bool send(std::int64_t number) { return ::write(ends_[1], &number, sizeof number) == sizeof number; }
  /// Nothing at the end.
  std::optional<std::int64_t> receive() {
    std::int64_t number = 0;
    if (::read(ends_[0], &number, sizeof number) != sizeof number) return std::nullopt;
    return number;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// Runs `work` in a child that never returns. No connection to the store may be open here.
template <class Work>
pid_t in_child(const Work& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  int code = 1;
  try {
    code = work();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "child: %s\n", error.what());
  }
  ::_exit(code);
}

int exit_code(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A worker: replays what is there, goes on, and acknowledges each iteration once it is recorded.
int work_for_ever(const std::filesystem::path& folder, const StoreOptions& options, std::int64_t run,
                  Pipe& acknowledged) {
  const Store store = must(Store::open(folder, Store::Mode::Write, options));
  const auto lease = must(Lease::acquire(store, run, {.period = std::chrono::milliseconds(3)}));
  const auto recorder = must(Recorder::open(store, lease->owner()));
  const auto answers = must(Answers::open(store));
  must(recorder->baseline(sample_baseline()));
  const auto recorded = must(must(Runs::open(store)).summary(run)).iterations;
  for (std::int64_t i = std::max<std::int64_t>(0, recorded - 3);; ++i) {
    must(answers->save(digest_of(std::to_string(i)), {.seconds = static_cast<double>(i)}));
    IterationRecord iteration = sample_iteration(i % 5);
    iteration.index = i;
    must(recorder->iteration(iteration));
    if (!acknowledged.send(i)) return 0;
  }
}

void expect_all_there(const Store& store, std::int64_t run, std::int64_t last_acknowledged) {
  auto runs = must(Runs::open(store));
  const RunDetails details = must(runs.show(run));
  EXPECT_EQ(details.summary.state, RunState::Interrupted);
  ASSERT_GT(static_cast<std::int64_t>(details.iterations.size()), last_acknowledged);
  EXPECT_EQ(details.summary.iterations, static_cast<std::int64_t>(details.iterations.size()));
  for (std::size_t i = 0; i < details.iterations.size(); ++i) {
    EXPECT_EQ(details.iterations[i].index, static_cast<std::int64_t>(i));
    EXPECT_EQ(details.iterations[i].reverted_layers.size(), i % 5);
    EXPECT_EQ(details.iterations[i].metrics.size(), 2U);
  }
  const auto answers = must(Answers::open(store));
  for (std::int64_t i = 0; i <= last_acknowledged; ++i)
    EXPECT_TRUE(must(answers->find(digest_of(std::to_string(i))))) << i;
  auto database = must(store.connect());
  std::string check;
  must(each_row(database, "PRAGMA integrity_check", {}, [&](const Row& row) { check += row.text(0); }));
  EXPECT_EQ(check, "ok");
  EXPECT_EQ(must(first_integer(database, "SELECT COUNT(*) FROM pragma_foreign_key_check")), 0);
}

class KillTest : public testing::TestWithParam<Journal> {};

TEST_P(KillTest, NoAcknowledgedRowIsEverLost) {
  const TempFolder folder;
  const StoreOptions options{.connection = {.journal = GetParam()}};
  const auto run = new_run(new_store(folder, options));
  const auto store_path = folder.path() / "store";
  std::mt19937 random(20);
  std::int64_t last = -1;
  for (int kill = 0; kill < 30; ++kill) {
    Pipe acknowledged;
    const pid_t worker = in_child([&] { return work_for_ever(store_path, options, run, acknowledged); });
    acknowledged.close_end(1);
    const auto first = acknowledged.receive();
    ASSERT_TRUE(first) << "the worker could not go on after kill " << kill;
    last = std::max(last, *first);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 15'000));
    ::kill(worker, SIGKILL);
    while (const auto number = acknowledged.receive()) last = std::max(last, *number);
    EXPECT_EQ(exit_code(worker), -1);
    ASSERT_NO_FATAL_FAILURE(expect_all_there(must(Store::open(store_path, Store::Mode::Read, options)), run, last));
  }
  EXPECT_EQ(must(must(Runs::open(must(Store::open(store_path, Store::Mode::Read, options)))).show(run)).attempts.size(),
            30U);
}

TEST_P(KillTest, OfManyWorkersThatWantARunOneGetsIt) {
  const TempFolder folder;
  const StoreOptions options{.connection = {.journal = GetParam()}};
  const auto run = new_run(new_store(folder, options));
  const auto store_path = folder.path() / "store";
  Pipe done;
  std::vector<pid_t> workers;
  Pipe report;
  for (int i = 0; i < 8; ++i) {
    workers.push_back(in_child([&] {
      done.close_end(1);
      const Store store = must(Store::open(store_path, Store::Mode::Write, options));
      const auto lease = Lease::acquire(store, run, {});
      report.send(lease ? 1 : 0);
      static_cast<void>(done.receive());  // until everybody has tried
      return lease ? 0 : (lease.error().cause == Cause::Owned ? 75 : 1);
    }));
  }
  for (std::size_t i = 0; i < workers.size(); ++i) ASSERT_TRUE(report.receive());
  done.close_end(1);
  std::vector<int> codes;
  for (const pid_t worker : workers) codes.push_back(exit_code(worker));
  EXPECT_THAT(codes, testing::UnorderedElementsAre(0, 75, 75, 75, 75, 75, 75, 75));
}

TEST_P(KillTest, ManyProcessesMayMakeTheSameStore) {
  const TempFolder folder;
  const StoreOptions options{.connection = {.journal = GetParam()}};
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    children.push_back(in_child([&] {
      const Store store = must(Store::open(folder.path() / "store", Store::Mode::Create, options));
      return new_run(store) > 0 ? 0 : 1;
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(exit_code(child), 0);
  EXPECT_EQ(
      must(must(Runs::open(must(Store::open(folder.path() / "store", Store::Mode::Read, options)))).list()).size(), 6U);
}

INSTANTIATE_TEST_SUITE_P(Journals, KillTest, testing::Values(Journal::Truncate, Journal::Wal),
                         [](const auto& test) { return test.param == Journal::Wal ? "Wal" : "Truncate"; });

}  // namespace
}  // namespace quantrail::tracking

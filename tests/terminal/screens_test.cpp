#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <random>
#include <thread>

#include "made_store.h"
#include "pty_terminal.h"

namespace quantrail::testing_terminal {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<std::string> screens(const MadeStore& store) {
  return {QUANTRAIL_BINARY, "--store", (store.folder() / "store").string()};
}

constexpr std::string_view kDown = "\033OB";
constexpr std::string_view kUp = "\033OA";

/// Terminals that people have, with what their charset can show.
struct Kind {
  std::string term;
  std::string locale;
};
class Terminals : public testing::TestWithParam<Kind> {};

TEST_P(Terminals, ShowTheScreensAndAreLeftAsTheyWere) {
  MadeStore store;
  store.add_runs(3, 4);
  PtyTerminal terminal(screens(store), {.term = GetParam().term, .locale = GetParam().locale});
  ASSERT_TRUE(terminal.sees("RUNS 3")) << terminal.screen();
  ASSERT_TRUE(terminal.sees("accuracy@top1"));
  terminal.send("\r");
  ASSERT_TRUE(terminal.sees("Iterations 4")) << terminal.screen();
  terminal.send("q");
  ASSERT_TRUE(terminal.sees("RUNS 3"));
  terminal.send("q");
  const auto status = terminal.ended();
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, 0);
  EXPECT_FALSE(terminal.alternate_screen());
  EXPECT_TRUE(terminal.cursor_visible());
  EXPECT_NE(terminal.modes().c_lflag & ECHO, 0U);
  EXPECT_NE(terminal.modes().c_lflag & ICANON, 0U);
  if (GetParam().locale == "C") {
    EXPECT_EQ(terminal.sent().find('\x0e'), std::string::npos) << "no change of the character set either";
    for (const char c : terminal.sent()) ASSERT_LT(static_cast<unsigned char>(c), 0x80);
  }
}

INSTANTIATE_TEST_SUITE_P(Known, Terminals,
                         testing::Values(Kind{"xterm", "C.UTF-8"}, Kind{"xterm-256color", "C.UTF-8"},
                                         Kind{"tmux-256color", "C.UTF-8"}, Kind{"screen", "C.UTF-8"},
                                         Kind{"linux", "C.UTF-8"}, Kind{"vt100", "C.UTF-8"}, Kind{"vt100", "C"},
                                         Kind{"xterm-256color", "C"}),
                         [](const auto& one) {
                           std::string name = one.param.term + "_" + one.param.locale;
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

/// Signals, and how the screens end on them.
class Ends : public testing::TestWithParam<int> {};

TEST_P(Ends, LeaveTheTerminalAsItWas) {
  MadeStore store;
  store.add_runs(1, 2);
  PtyTerminal terminal(screens(store), {});
  ASSERT_TRUE(terminal.sees("RUNS 1"));
  EXPECT_TRUE(terminal.alternate_screen());
  EXPECT_EQ(terminal.modes().c_lflag & ECHO, 0U);
  terminal.signal(GetParam());
  const auto status = terminal.ended(seconds(5));
  ASSERT_TRUE(status) << "it is still there";
  const bool crash = GetParam() == SIGSEGV || GetParam() == SIGABRT;
  EXPECT_EQ(WIFSIGNALED(*status), crash) << *status;
  EXPECT_FALSE(terminal.alternate_screen());
  EXPECT_TRUE(terminal.cursor_visible());
  EXPECT_NE(terminal.modes().c_lflag & ECHO, 0U);
  EXPECT_NE(terminal.modes().c_lflag & ISIG, 0U);
}

INSTANTIATE_TEST_SUITE_P(Signals, Ends, testing::Values(SIGTERM, SIGHUP, SIGINT, SIGSEGV, SIGABRT),
                         [](const auto& one) { return std::string(sigabbrev_np(one.param)); });

TEST(Screens, EndWithinASecondOnceTheirTerminalIsGone) {
  MadeStore store;
  store.add_runs(1, 2);
  PtyTerminal terminal(screens(store), {});
  ASSERT_TRUE(terminal.sees("RUNS 1"));
  terminal.hang_up();
  EXPECT_TRUE(terminal.ended(seconds(2)));
}

TEST(Screens, ComeBackFromTheShell) {
  MadeStore store;
  store.add_runs(1, 2);
  // A process group that is nobody's is not stopped by the terminal: a shell is its parent here, as for people.
  PtyTerminal terminal({"/bin/bash", "--norc", "-i"}, {.environment = {"PS1=prompt>"}});
  ASSERT_TRUE(terminal.sees("prompt>"));
  terminal.send(fmt::format("{} --store {}\r", QUANTRAIL_BINARY, (store.folder() / "store").string()));
  ASSERT_TRUE(terminal.sees("RUNS 1")) << terminal.screen();
  terminal.send("\x1a");
  ASSERT_TRUE(terminal.sees("Stopped")) << terminal.screen();
  EXPECT_FALSE(terminal.alternate_screen());
  EXPECT_TRUE(terminal.cursor_visible());
  terminal.send("fg\r");
  ASSERT_TRUE(terminal.sees("RUNS 1")) << terminal.screen();
  terminal.send("q");
  ASSERT_TRUE(terminal.sees("prompt>")) << terminal.screen();
}

TEST(Screens, TheEditorGetsTheTerminalAndGivesItBack) {
  MadeStore store;
  PtyTerminal terminal(screens(store), {.environment = {"EDITOR=sed -i s/0.01/0.05/"}});
  ASSERT_TRUE(terminal.sees("No runs yet"));
  terminal.send("n");
  ASSERT_TRUE(terminal.sees("NEW RUN")) << terminal.screen();
  terminal.send("\x05");
  ASSERT_TRUE(terminal.sees("quantrail-")) << terminal.screen();  // the draft is the source now
  for (int k = 0; k < 16; ++k) terminal.send(kDown);
  EXPECT_TRUE(terminal.sees("[0.05")) << terminal.screen();
}

TEST(Screens, KeysThatArriveInPiecesAreOneKey) {
  MadeStore store;
  store.add_runs(3, 2);
  PtyTerminal terminal(screens(store), {});
  ASSERT_TRUE(terminal.sees(">   3"));
  const auto arrives = [&terminal](std::string_view key, std::string_view seen) {
    // A busy machine may take longer between the pieces than any patience: then once more.
    for (int attempt = 0; attempt < 5; ++attempt) {
      for (const char piece : key) {
        terminal.send(std::string(1, piece));
        terminal.read_for(milliseconds(40));
      }
      if (terminal.sees(seen, seconds(1))) return true;
    }
    return false;
  };
  EXPECT_TRUE(arrives(kDown, ">   2")) << terminal.screen();
  EXPECT_TRUE(arrives(kUp, ">   3")) << terminal.screen();
}

TEST(Screens, APasteIntoTheListDoesNothing) {
  MadeStore store;
  store.add_runs(2, 2);
  PtyTerminal terminal(screens(store), {});
  ASSERT_TRUE(terminal.sees("RUNS 2"));
  EXPECT_NE(terminal.sent().find("\033[?2004h"), std::string::npos);
  terminal.send("\033[200~dyq\rX\033[201~");
  terminal.settled();
  EXPECT_TRUE(terminal.sees("RUNS 2"));
  EXPECT_EQ(terminal.screen().find("trash"), std::string::npos) << terminal.screen();
  terminal.send("q");
  EXPECT_TRUE(terminal.ended());
  EXPECT_NE(terminal.sent().find("\033[?2004l"), std::string::npos);
}

TEST(Screens, WithoutColoursWhereNobodyWantsThem) {
  MadeStore store;
  store.add_runs(2, 3);
  PtyTerminal terminal(screens(store), {.environment = {"NO_COLOR=1"}});
  ASSERT_TRUE(terminal.sees("RUNS 2"));
  terminal.settled();
  for (const auto* colour : {"\033[31m", "\033[33m", "\033[34m", "\033[36m", "\033[1m\033[34m"})
    EXPECT_EQ(terminal.sent().find(colour), std::string::npos);
}

TEST(Screens, TheMouseIsOnlyThereWhenAskedFor) {
  MadeStore store;
  store.add_runs(3, 2);
  PtyTerminal terminal(screens(store), {});
  ASSERT_TRUE(terminal.sees(">   3"));
  EXPECT_EQ(terminal.sent().find("1000h"), std::string::npos);
  terminal.send(":mouse on\r");
  terminal.settled();
  EXPECT_NE(terminal.sent().find("1000h"), std::string::npos);
  terminal.send("\033[<0;10;6M\033[<0;10;6m");  // the third row of the list
  EXPECT_TRUE(terminal.sees(">   1")) << terminal.screen();
  terminal.send("q");
  ASSERT_TRUE(terminal.ended());
  EXPECT_NE(terminal.sent().find("1000l"), std::string::npos);
}

TEST(Screens, ADeletedStoreIsToldOfAndNotMadeAgain) {
  MadeStore store;
  store.add_runs(2, 2);
  PtyTerminal terminal(screens(store), {.columns = 160});
  ASSERT_TRUE(terminal.sees("accuracy@top1"));
  std::filesystem::remove_all(store.folder() / "store");
  EXPECT_TRUE(terminal.sees("deleted or replaced", seconds(5))) << terminal.screen();
  terminal.send("\r");
  EXPECT_TRUE(terminal.sees("Iterations 2")) << terminal.screen();
  terminal.send("!");
  EXPECT_TRUE(terminal.sees("STORE AND HEALTH"));
  terminal.send("qqq");
  EXPECT_TRUE(terminal.ended());
  EXPECT_FALSE(std::filesystem::exists(store.folder() / "store"));
}

TEST(Screens, WhatWasAskedForIsDoneThoughOneLeavesAtOnce) {
  MadeStore store;
  store.add_runs(12, 2);
  PtyTerminal terminal(screens(store), {});
  ASSERT_TRUE(terminal.sees("accuracy@top1"));
  terminal.send("\x01tlots\rq");  // all marked, tagged, and left in the same breath
  const auto status = terminal.ended();
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, 0);
  EXPECT_FALSE(terminal.alternate_screen());
  auto runs = tracking::Runs::open(store.store());
  ASSERT_TRUE(runs);
  const auto all = runs->list();
  ASSERT_TRUE(all);
  for (const auto& run : *all) EXPECT_EQ(run.tags, std::vector<std::string>{"lots"}) << run.id;
}

TEST(Screens, WhatFailedAfterLeavingIsSaid) {
  MadeStore store;
  store.add_runs(1, 2);
  PtyTerminal terminal(screens(store), {.columns = 160});
  ASSERT_TRUE(terminal.sees("accuracy@top1"));
  terminal.send("tno:tag\rq");
  ASSERT_TRUE(terminal.ended());
  EXPECT_TRUE(terminal.sees("no:tag")) << terminal.screen();
}

TEST(Screens, NamesCannotSteerTheTerminal) {
  MadeStore store;
  store.add_runs(1, 2);
  {
    auto runs = tracking::Runs::open(store.store());
    ASSERT_TRUE(runs);
    ASSERT_TRUE(runs->set_note(1, "\033]0;owned\a\033[2J\u202Eabc"));
  }
  PtyTerminal terminal(screens(store), {});
  ASSERT_TRUE(terminal.sees("note: ^[]0;owned^G")) << terminal.screen();
  EXPECT_EQ(terminal.sent().find("\033]0;owned"), std::string::npos);
}

// ---- budgets: bytes on the line ----

struct Budget {
  int rows;
  int columns;
  std::size_t first_paint;
  std::size_t iteration;
};
class Budgets : public testing::TestWithParam<Budget> {};

TEST_P(Budgets, FirstPaint) {
  MadeStore store;
  store.add_runs(40, 20);
  PtyTerminal terminal(screens(store), {.rows = GetParam().rows, .columns = GetParam().columns});
  ASSERT_TRUE(terminal.sees("RUNS 40"));
  const auto bytes = terminal.settled();
  RecordProperty("bytes", static_cast<int>(bytes));
  std::printf("first paint %dx%d: %zu B\n", GetParam().columns, GetParam().rows, bytes);
  EXPECT_LE(bytes, GetParam().first_paint);
}

TEST_P(Budgets, AnIteration) {
  MadeStore store;
  MadeWorker worker(store);
  worker.step("evaluate quantized model", 100, 1000);
  PtyTerminal terminal(screens(store), {.rows = GetParam().rows, .columns = GetParam().columns});
  ASSERT_TRUE(terminal.sees("RUNS 1"));
  terminal.send("\r");
  ASSERT_TRUE(terminal.sees("Iterations 0"));
  std::size_t all = 0;
  std::size_t most = 0;  // where the table jumps by half a page, or an axis by a leap
  constexpr int kIterations = 16;
  terminal.read_for(milliseconds(1500));
  for (int k = 0; k < kIterations; ++k) {
    worker.iterate();
    worker.step(fmt::format("revert features.{}.depthwise", k), 10 * k, 1000);
    ASSERT_TRUE(terminal.sees(fmt::format("Iterations {}", k + 1)));
    const auto bytes = terminal.settled(milliseconds(400));
    all += bytes;
    most = std::max(most, bytes);
  }
  std::printf("an iteration %dx%d: %zu B on average, %zu at most\n", GetParam().columns, GetParam().rows,
              all / kIterations, most);
  EXPECT_LE(all / kIterations, GetParam().iteration);
  EXPECT_LE(most, 2 * GetParam().iteration);
}

TEST_P(Budgets, ACursorKeyAndSilence) {
  MadeStore store;
  store.add_runs(40, 20);
  PtyTerminal terminal(screens(store), {.rows = GetParam().rows, .columns = GetParam().columns});
  ASSERT_TRUE(terminal.sees("RUNS 40"));
  terminal.settled();
  std::size_t most = 0;
  for (int k = 0; k < 5; ++k) {
    terminal.send(kDown);
    most = std::max(most, terminal.read_for(milliseconds(100)));  // before the preview follows
  }
  std::printf("a cursor key %dx%d: %zu B\n", GetParam().columns, GetParam().rows, most);
  EXPECT_LE(most, 200U);
  terminal.settled();
  terminal.send(":clock off\r");
  terminal.settled(milliseconds(500));
  EXPECT_EQ(terminal.read_for(milliseconds(3500)), 0U) << "nothing happens, nothing is sent";
}

INSTANTIATE_TEST_SUITE_P(Sizes, Budgets, testing::Values(Budget{24, 80, 3200, 700}, Budget{40, 120, 6500, 1100}),
                         [](const auto& one) { return fmt::format("{}x{}", one.param.columns, one.param.rows); });

TEST(Screens, SurviveRandomKeysAndSizes) {
  MadeStore store;
  store.add_runs(8, 6);
  MadeWorker worker(store);
  worker.iterate();
  PtyTerminal terminal(screens(store), {.folder = store.folder().string()});
  ASSERT_TRUE(terminal.sees("RUNS 9"));
  std::mt19937 random(11);
  // Everything but leaving and suspending; what is written goes into the folder of the store.
  const std::string keys = "jkhlgGnpebcotvmw*u/\\?!12345azfiN[]<>@+-\t\r\033 ";
  for (int k = 0; k < 1500; ++k) {
    const auto roll = random() % 50;
    if (roll == 0)
      terminal.resize(static_cast<int>(1 + random() % 60), static_cast<int>(1 + random() % 200));
    else if (roll == 1)
      worker.iterate();
    else
      terminal.send(std::string(1, keys[random() % keys.size()]));
    if (k % 10 == 0) terminal.read_for(milliseconds(5));
    ASSERT_FALSE(terminal.ended(milliseconds(0))) << "ended after " << k;
  }
  terminal.resize(24, 80);
  // Out of whatever is open; then the list's own way out.
  for (int k = 0; k < 8; ++k) {
    terminal.send("\033");
    terminal.settled();
  }
  EXPECT_TRUE(terminal.sees("RUNS") || terminal.sees("TRASH", seconds(1))) << terminal.screen();
  terminal.send("q");
  const auto status = terminal.ended();
  ASSERT_TRUE(status) << terminal.screen();
  EXPECT_EQ(*status, 0);
}

}  // namespace
}  // namespace quantrail::testing_terminal

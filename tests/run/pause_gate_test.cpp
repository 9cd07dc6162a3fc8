#include "run/pause_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "run/memory_store.h"
#include "run/pausable_answers.h"

namespace quantrail {
namespace {

void until(const std::function<bool()>& holds) {
  while (!holds()) std::this_thread::yield();
}

TEST(PauseGate, LetsThroughWhileOpen) {
  int told = 0;
  PauseGate gate([&](bool) { ++told; });
  gate.pass({});
  gate.close();
  gate.open();
  gate.pass({});
  EXPECT_EQ(told, 0);
}

TEST(PauseGate, HoldsAllUntilItOpensAndTellsOnce) {
  std::vector<bool> told;
  std::atomic<int> waits = 0;
  std::atomic<int> through = 0;
  PauseGate gate([&](bool now) {
    told.push_back(now);
    waits = now ? 1 : 0;
  });
  gate.close();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      gate.pass({});
      ++through;
    });
  }
  until([&] { return waits == 1; });
  EXPECT_EQ(through, 0);
  gate.open();
  threads.clear();
  EXPECT_EQ(through, 3);
  EXPECT_EQ(told.front(), true);
  EXPECT_EQ(told.back(), false);
}

TEST(PauseGate, AStopEndsTheWait) {
  std::stop_source stop;
  std::atomic<bool> waits = false;
  PauseGate gate([&](bool now) { waits = now; });
  gate.close();
  std::jthread thread([&] { gate.pass(stop.get_token()); });
  until([&] { return waits.load(); });
  stop.request_stop();
  thread.join();
  EXPECT_FALSE(waits);
  gate.pass(stop.get_token());  // and nobody waits any more
}

TEST(PausableAnswers, WaitOnceWhatTheyWereBroughtIsSafe) {
  MemoryStore store;
  std::atomic<bool> waits = false;
  PauseGate gate([&](bool now) { waits = now; });
  PausableAnswers answers(store, gate, {});
  gate.close();
  const Digest key{{1}};
  std::jthread thread([&] { EXPECT_TRUE(answers.save(key, {.samples = 5})); });
  until([&] { return waits.load(); });
  const auto found = store.find(key);
  ASSERT_TRUE(found && *found) << "it pauses after it saved, not before";
  EXPECT_EQ((*found)->samples, 5U);
  gate.open();
  thread.join();
  const auto blob = answers.find_blob(key);
  EXPECT_TRUE(blob && !*blob);
}

}  // namespace
}  // namespace quantrail

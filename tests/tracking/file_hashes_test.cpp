#include "tracking/file_hashes.h"

#include <thread>

#include "support.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

class FileHashesTest : public testing::Test {
 protected:
  /// As if all files had been left alone for a while.
  static StoreOptions later() {
    StoreOptions options;
    options.host.now_ms = [] { return this_host().now_ms() + 10'000; };
    return options;
  }
  [[nodiscard]] fs::path file(const std::string& name, const std::string& text) {
    write_text(folder_.path() / name, text);
    return folder_.path() / name;
  }
  /// Makes what is remembered of all files the hash of "other", which none of them holds.
  void remember_another() {
    auto database = must(store_.connect());
    must(run(database, "UPDATE file_hashes SET sha256 = ?1", {digest_of("other").bytes}));
  }
  [[nodiscard]] std::int64_t remembered() {
    auto database = must(store_.connect());
    return must(first_integer(database, "SELECT count(*) FROM file_hashes")).value_or(-1);
  }
  TempFolder folder_;
  Store store_ = new_store(folder_, later());
};

TEST_F(FileHashesTest, AFileIsReadOnce) {
  const auto path = file("a", "text");
  const auto first = must(FileHashes::open(store_));
  EXPECT_EQ(must(first->digest(path)), digest_of("text"));
  must(first->flush());
  remember_another();
  const auto second = must(FileHashes::open(store_));
  EXPECT_EQ(must(second->digest(path)), digest_of("other"));
}

TEST_F(FileHashesTest, WhatIsNewIsSavedAtTheEnd) {
  const auto path = file("a", "text");
  must(must(FileHashes::open(store_))->digest(path));
  EXPECT_EQ(remembered(), 1);
}

TEST_F(FileHashesTest, AChangedFileIsReadAgainEvenWithItsOldSizeAndTime) {
  const auto path = file("a", "text");
  const auto time = fs::last_write_time(path);
  const auto hashes = must(FileHashes::open(store_));
  must(hashes->digest(path));
  must(hashes->flush());
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // coarser than the file system's clock
  write_text(path, "TEXT");
  fs::last_write_time(path, time);
  EXPECT_EQ(must(hashes->digest(path)), digest_of("TEXT"));
  fs::rename(file("b", "text"), path);
  EXPECT_EQ(must(hashes->digest(path)), digest_of("text"));
}

TEST_F(FileHashesTest, AFileThatWasJustWrittenIsNotRemembered) {
  StoreOptions now;
  const Store store = must(Store::open(store_.folder(), Store::Mode::Write, now));
  const auto hashes = must(FileHashes::open(store));
  const auto path = file("a", "text");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(must(hashes->digest(path)), digest_of("text"));
    must(hashes->flush());
  }
  EXPECT_EQ(remembered(), 0);
}

TEST_F(FileHashesTest, AMissingFileIsAnErrorThatNamesIt) {
  const auto hashes = must(FileHashes::open(store_));
  EXPECT_TRUE(fails_with(hashes->digest(folder_.path() / "gone.jpg"), Cause::InvalidInput, "gone.jpg"));
  EXPECT_TRUE(fails_with(hashes->digest(folder_.path()), Cause::InvalidInput, folder_.path().string()));
}

TEST_F(FileHashesTest, ManyThreadsAskAtOnce) {
  std::vector<fs::path> paths;
  for (int i = 0; i < 50; ++i) paths.push_back(file(std::to_string(i), "text " + std::to_string(i)));
  const auto hashes = must(FileHashes::open(store_));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < paths.size(); ++i) {
        const auto digest = hashes->digest(paths[i]);
        EXPECT_TRUE(digest && *digest == digest_of("text " + std::to_string(i)));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  must(hashes->flush());
  EXPECT_EQ(remembered(), 50);
}

}  // namespace
}  // namespace quantrail::tracking

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
  TempFolder folder_;
  Store store_ = new_store(folder_, later());
};

TEST_F(FileHashesTest, AFileIsReadOnce) {
  const auto path = file("a", "text");
  const auto first = must(FileHashes::open(store_));
  EXPECT_EQ(must(first->digest(path)), digest_of("text"));
  must(first->flush());
  const auto second = must(FileHashes::open(store_));
  EXPECT_EQ(must(second->digest(path)), digest_of("text"));
  EXPECT_EQ(first->read_count(), 1U);
  EXPECT_EQ(second->read_count(), 0U);
}

TEST_F(FileHashesTest, WhatIsNewIsSavedAtTheEnd) {
  const auto path = file("a", "text");
  must(must(FileHashes::open(store_))->digest(path));
  const auto again = must(FileHashes::open(store_));
  must(again->digest(path));
  EXPECT_EQ(again->read_count(), 0U);
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
  EXPECT_EQ(hashes->read_count(), 2U);
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
  const auto read = hashes->read_count();
  for (const auto& path : paths) must(hashes->digest(path));
  EXPECT_EQ(hashes->read_count(), read);
}

}  // namespace
}  // namespace quantrail::tracking

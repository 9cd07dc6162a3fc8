#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "agreement.h"
#include "networks.h"
#include "ort_peer.h"
#include "our_runner.h"
#include "report.h"
#include "resnet50.h"

namespace quantrail::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::vector<std::size_t> threads{1, 2};
  std::vector<std::size_t> batches{1, 8};
  std::size_t rounds = 15;
  std::string json{};
};

/// A folder of our own, gone at the end.
class ScratchFolder {
 public:
  ScratchFolder()
      : path_(std::filesystem::temp_directory_path() / fmt::format("quantrail_bench_{}", static_cast<int>(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Form {
  std::string name{};
  const Quantization* quantization = nullptr;
  std::filesystem::path file{};
  double least_sqnr_db = 0.0;  ///< against ONNX Runtime on the same file, below which a timing would mean nothing
};

/// Everything that a case needs; `peer` empty when there is none.
struct Bench {
  const Networks& networks;
  const SyntheticImages& images;
  std::optional<OrtPeer>& peer;
  const Options& options;
};

/// Compares all images before anything is timed.
Status verified(const Bench& bench, const Form& form) {
  const std::size_t count = bench.images.size();
  const auto input = pixels(bench.images, 0, count);
  auto ours = OurRunner::made(bench.networks.graph, form.quantization, count, 1);
  if (!ours) return failed(ours, form.name);
  const auto got = ours->run(input);
  if (!got) return failed(got);
  if (!bench.peer) return {};
  if (const auto loaded = bench.peer->load(form.file, 1); !loaded) return loaded;
  if (const auto set = bench.peer->set_input(input, count); !set) return set;
  if (const auto ran = bench.peer->run(1); !ran) return failed(ran);
  const auto expected = bench.peer->output();
  if (!expected) return failed(expected);
  if (got->size() != expected->size()) {
    return fail(Cause::Backend, "{}: {} logits, ONNX Runtime has {}", form.name, got->size(), expected->size());
  }
  const Agreement close = agreement(*got, *expected, count);
  fmt::print("{:<8} agrees with ONNX Runtime: {:.1f} dB, same top-1 on {:.0f} % of {} images\n", form.name,
             close.sqnr_db, 100.0 * close.same_top1, count);
  if (close.sqnr_db >= form.least_sqnr_db) return {};
  return fail(Cause::Backend, "{}: {:.1f} dB to ONNX Runtime, at least {:.0f} dB expected", form.name, close.sqnr_db,
              form.least_sqnr_db);
}

/// Milliseconds per run.
Result<double> timed(OurRunner& ours, std::span<const float> input, std::size_t times) {
  const auto start = Clock::now();
  for (std::size_t k = 0; k < times; ++k) {
    if (const auto result = ours.run(input); !result) return failed(result);
  }
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count() / static_cast<double>(times);
}

Result<double> timed(OrtPeer& peer, std::size_t times) {
  const auto ms = peer.run(times);
  if (!ms) return failed(ms);
  double sum = 0.0;
  for (const double one : *ms) sum += one;
  return sum / static_cast<double>(times);
}

/// ONNX Runtime's threads spin for a while after a run; ours must not pay for that.
void let_threads_sleep() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

Result<Row> measured(const Bench& bench, const Form& form, std::size_t batch, std::size_t threads) {
  constexpr double kRoundMs = 150.0;
  const auto input = pixels(bench.images, 0, batch);
  auto ours = OurRunner::made(bench.networks.graph, form.quantization, batch, threads);
  if (!ours) return failed(ours, form.name);
  if (bench.peer) {
    if (const auto loaded = bench.peer->load(form.file, threads); !loaded) return failed(loaded);
    if (const auto set = bench.peer->set_input(input, batch); !set) return failed(set);
    if (const auto warm = bench.peer->run(3); !warm) return failed(warm);
    let_threads_sleep();
  }
  if (const auto cold = timed(*ours, input, 2); !cold) return failed(cold);
  const auto warm = timed(*ours, input, 1);
  if (!warm) return failed(warm);
  const auto times = static_cast<std::size_t>(std::max(1.0, kRoundMs / *warm));

  std::vector<double> our_ms;
  std::vector<double> peer_ms;
  std::vector<double> ratios;
  for (std::size_t round = 0; round < bench.options.rounds; ++round) {
    const auto mine = timed(*ours, input, times);
    if (!mine) return failed(mine);
    our_ms.push_back(*mine / static_cast<double>(batch));
    if (!bench.peer) continue;
    const auto theirs = timed(*bench.peer, std::max<std::size_t>(1, times / 2));
    if (!theirs) return failed(theirs);
    let_threads_sleep();
    peer_ms.push_back(*theirs / static_cast<double>(batch));
    ratios.push_back(peer_ms.back() / our_ms.back());
  }
  Row row;
  row.name = fmt::format("resnet50 {}, batch {}, {} thread{}", form.name, batch, threads, threads == 1 ? "" : "s");
  row.ours = median(our_ms);
  if (!ratios.empty()) {
    row.peer = median(peer_ms);
    row.ratio = median(ratios);
    row.ratio_low = quantile(ratios, 0.25);
    row.ratio_high = quantile(ratios, 0.75);
  }
  return row;
}

Status run(const Options& options) {
  const ScratchFolder scratch;
  const SyntheticImages images(8);
  const auto networks = prepared(resnet50(1), images, scratch.path());
  if (!networks) return failed(networks);

  std::optional<OrtPeer> peer;
  if (auto started = OrtPeer::started(QUANTRAIL_BENCH_SCRIPTS "/ort_time.cjs", scratch.path())) {
    peer = std::move(*started);
  } else {
    fmt::print("no comparison: {}\n", started.error().message);
  }
  const RuntimeInfo info = runtime_info();
  fmt::print("ours: {} ({}); peer: {}\n", info.backend, info.isa,
             peer ? "ONNX Runtime " + peer->version() : std::string("none"));

  const Bench bench{*networks, images, peer, options};
  const std::vector<Form> forms{{"float", nullptr, networks->float_file, 80.0},
                                {"int8", &networks->quantization, networks->int8_file, 20.0}};
  for (const Form& form : forms) {
    if (const auto agrees = verified(bench, form); !agrees) return agrees;
  }
  fmt::print("milliseconds per image, medians of {} interleaved rounds; ratio above 1: ours is faster\n",
             options.rounds);
  print_header();
  std::vector<Row> rows;
  for (const Form& form : forms) {
    for (const std::size_t batch : options.batches) {
      for (const std::size_t threads : options.threads) {
        if (batch % threads != 0) continue;  // our threads share samples, not operators
        const auto row = measured(bench, form, batch, threads);
        if (!row) return failed(row);
        print(*row);
        rows.push_back(*row);
      }
    }
  }
  return options.json.empty() ? Status{} : write_json(options.json, "runtime", "ms/image", rows);
}

}  // namespace
}  // namespace quantrail::bench

int main(int argc, char** argv) {
  quantrail::bench::Options options;
  CLI::App app{
      "End-to-end inference of a network of ResNet-50's shape, float and int8, against real ONNX Runtime on the same "
      "files. Needs Node.js and onnxruntime-node (NODE_PATH or QUANTRAIL_ORT) for the comparison."};
  app.add_option("--threads", options.threads, "Threads; batches that they do not divide are left out")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--batch", options.batches, "Samples per run, at most 8")
      ->delimiter(',')
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "Interleaved rounds")->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--json", options.json, "Also write the table to this file");
  CLI11_PARSE(app, argc, argv);
  const auto done = quantrail::bench::run(options);
  if (done) return 0;
  fmt::print(stderr, "quantrail_bench_runtime: {}\n", done.error().message);
  return 1;
}

#include "app/verify_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <random>

#include "app/worker.h"
#include "base/text.h"
#include "evaluate/difference.h"
#include "evaluate/feed.h"
#include "export/openvino_rules.h"
#include "model/canonical.h"
#include "model/half.h"
#include "model/load.h"
#include "model/probe.h"

namespace quantrail::app {
namespace {

constexpr std::size_t kSamples = 16;
constexpr double kLargestCodes = 1.0;
constexpr double kLeastSqnr = 10.0;

/// What both are compared on.
struct Samples {
  std::string what{};                     ///< "calibration samples"
  std::shared_ptr<const Dataset> data{};  ///< null: made up
};

Samples samples_of(const tracking::Store& store, const IterationModel& model) {
  const EngineConfig& engine = model.config.engine;
  for (const auto& [side, what] :
       {std::pair{&engine.calibration, "calibration samples"}, std::pair{&engine.validation, "validation samples"}}) {
    if (!*side) continue;
    DataConfig first = **side;
    const auto limit = static_cast<std::int64_t>(kSamples);
    first.data.limit = first.data.limit > 0 ? std::min(first.data.limit, limit) : limit;
    OpenOptions options;
    options.hash_file = remembering_hasher(store);
    if (auto data = open_dataset(first, model.graph.inputs, options)) return {what, std::move(*data)};
  }
  return {"made-up inputs", nullptr};
}

Result<InputShapes> shapes_of(const Graph& graph, const Samples& samples) {
  if (samples.data) {
    const Graph fitted = sized(graph, samples.data->inputs());
    const auto batch = micro_batch(fitted);
    if (!batch) return failed(batch);
    return input_shapes(fitted, *batch);
  }
  const std::int64_t batch = fixed_batch(graph).value_or(2);
  auto declared = input_shapes(graph, batch);
  if (declared) return declared;
  auto fitting = fitting_shapes(graph, batch);
  if (!fitting) return failed(declared);
  return std::move(*fitting);
}

/// Uniform floats in [-1, 1], zeros and ones of other types: the same for every plan and on every machine.
void make_up(const Plan& plan, PlanState& state, std::size_t batch) {
  std::mt19937 random(static_cast<std::uint32_t>(batch) + 1);
  for (std::size_t at = 0; at < plan.inputs().size(); ++at) {
    const ElementType type = plan.inputs()[at].type;
    const auto bytes = state.input(at);
    const auto each = [&]<class T>(T, const auto& value) {
      for (auto& element : std::span(reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T))) element = value();
    };
    const auto real = [&] { return static_cast<float>(random() % 2001U) / 1000.0F - 1.0F; };
    switch (type) {
      case ElementType::Float32: each(float{}, real); break;
      case ElementType::Float64: each(double{}, real); break;
      case ElementType::Float16: each(std::uint16_t{}, [&] { return to_float16(real()); }); break;
      case ElementType::BFloat16: each(std::uint16_t{}, [&] { return to_bfloat16(real()); }); break;
      default:
        for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
          bytes[byte] = byte % size_of(type) == 0 ? std::byte(random() % 2U) : std::byte{0};
        }
    }
  }
}

using Fill = std::function<Status(PlanState&, std::size_t batch)>;

Result<Fill> fill_of(const Samples& samples, const std::shared_ptr<const Plan>& plan) {
  if (!samples.data) {
    return [plan](PlanState& state, std::size_t batch) {
      make_up(*plan, state, batch);
      return Status();
    };
  }
  const auto feed = Feed::matched(samples.data->inputs(), *plan);
  if (!feed) return failed(feed);
  return [feed = *feed, data = samples.data, size = static_cast<std::size_t>(plan->batch())](PlanState& state,
                                                                                             std::size_t batch) {
    std::vector<std::size_t> rows(std::min(size, std::min(kSamples, data->size()) - batch * size));
    std::iota(rows.begin(), rows.end(), batch * size);
    return feed.fill(state, *data, rows);
  };
}

Status run_batch(const Fill& fill, PlanState& state, std::size_t batch) {
  if (auto filled = fill(state, batch); !filled) return filled;
  return state.run();
}

struct Comparison {
  std::size_t samples = 0;
  Difference difference{};
};

Result<Comparison> compared(const IterationModel& model, const Graph& file, const Samples& samples) {
  const auto shapes = shapes_of(model.graph, samples);
  if (!shapes) return failed(shapes);
  PlanCache cache;
  PlanCache file_cache;
  const auto reference = Plan::build(model.graph, {&model.quantization, model.reverted, model.mode}, *shapes, cache);
  if (!reference) return failed(reference);
  const auto plan = Plan::build(file, {}, *shapes, file_cache);
  if (!plan) return failed(plan);
  const auto reference_fill = fill_of(samples, *reference);
  const auto fill = fill_of(samples, *plan);
  if (!reference_fill || !fill) return failed(!fill ? fill : reference_fill);

  PlanState expected(*reference);
  PlanState state(*plan);
  DifferenceMeter meter;
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(1, (*plan)->batch()));
  const std::size_t count = samples.data ? std::min(kSamples, samples.data->size()) : std::max(kSamples, size);
  for (std::size_t batch = 0; batch * size < count; ++batch) {
    if (auto ran = run_batch(*reference_fill, expected, batch); !ran) return failed(ran);
    if (auto ran = run_batch(*fill, state, batch); !ran) return failed(ran);
    if (auto added = meter.add(**reference, expected, **plan, state); !added) return failed(added);
  }
  return Comparison{count, meter.difference()};
}

std::string apart(const Difference& d) {
  if (d.identical()) return "results are identical";
  std::string text = fmt::format("results are at most {:.3g} steps of 8-bit codes apart, signal to noise {:.1f} dB",
                                 d.codes, d.sqnr_db);
  if (d.unlike > 0) text += fmt::format(", {} results that are not float differ", d.unlike);
  return text;
}

std::string_view allowed(ExportProfile profile) {
  return profile == ExportProfile::OnnxRuntime ? "1 step is allowed" : "at least 10 dB are needed";
}

bool near_enough(const Difference& d, ExportProfile profile) {
  if (profile == ExportProfile::OnnxRuntime) return d.codes <= kLargestCodes && d.unlike == 0;
  return d.sqnr_db >= kLeastSqnr;
}

}  // namespace

Result<std::string> verified(const tracking::Store& store, const IterationModel& model, ExportProfile profile,
                             const std::filesystem::path& path) {
  auto loaded = load_model(path);
  if (!loaded) return failed(loaded);
  if (profile == ExportProfile::OpenVino) {
    if (const auto obstacles = openvino_obstacles(loaded->graph); !obstacles.empty()) {
      return fail(Cause::Backend, "breaks a rule of OpenVINO: {}", obstacles.front());
    }
  }
  const auto file = canonicalised(std::move(loaded->graph));
  if (!file) return failed(file);
  const Samples samples = samples_of(store, model);
  const auto comparison = compared(model, *file, samples);
  if (!comparison) return failed(comparison);
  const std::string told =
      fmt::format("{} {}: {} ({})", comparison->samples, samples.what, apart(comparison->difference), allowed(profile));
  if (!near_enough(comparison->difference, profile)) {
    return fail(Cause::Backend, "the file is not the model that was measured: {}", told);
  }
  return "verified on " + told;
}

}  // namespace quantrail::app

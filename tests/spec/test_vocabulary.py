"""The small parts: flags, cron expressions, hardware, region names, suggestions."""

import pytest
from pydantic_core import PydanticCustomError

from inferplane.spec.choices import Cloud
from inferplane.spec.cron import Cron
from inferplane.spec.flags import OWNED_FLAGS, owner_of
from inferplane.spec.hardware import GPUS, INSTANCES
from inferplane.spec.region_names import EXAMPLES, is_region
from inferplane.spec.suggestions import nearest


@pytest.mark.parametrize("flag", OWNED_FLAGS)
@pytest.mark.parametrize("form", ["{}", "{}=1", "{} 1"])
def test_owned_flags_are_found_in_every_form(flag: str, form: str) -> None:
    """A flag that the plan owns is found with and without a value."""
    assert owner_of(form.format(flag))


@pytest.mark.parametrize(
    "argument", ["--tensor_parallel_size=2", "--max_model-len", "--served-model", "-tp2", "-tp=2", "-q=fp8"]
)
def test_other_spellings_of_owned_flags_are_found(argument: str) -> None:
    """Underscores, abbreviations and short forms do not get around the plan."""
    assert owner_of(argument)


@pytest.mark.parametrize(
    "argument",
    [
        "--enable-prefix-caching",
        "--tokenizer",
        "--kv-cache-dtype=fp8",
        "--max-num-batched-tokens=8192",
        "4096",
        "-O3",
        "fp8",
        "--seed",
    ],
)
def test_other_arguments_are_free(argument: str) -> None:
    """Flags that the plan does not set, and values, are the user's."""
    assert owner_of(argument) is None


@pytest.mark.parametrize("argument", ["--enable-prefix-caching", "--max-num-batched-tokens=8192"])
def test_a_prefix_must_begin_the_flag(argument: str) -> None:
    """A flag that only shares its beginning with an owned one is free."""
    assert owner_of(argument) is None


@pytest.mark.parametrize(
    ("text", "minute", "days"),
    [
        ("30 8 * * 1-5", 510, {1, 2, 3, 4, 5}),
        ("0 0 * * *", 0, {0, 1, 2, 3, 4, 5, 6}),
        ("59 23 * * SAT,sun", 1439, {0, 6}),
        ("0 12 1 1 ?", 720, {0, 1, 2, 3, 4, 5, 6}),
        ("0 12 * JAN-MAR 1-5/2", 720, {1, 3, 5}),
    ],
)
def test_cron_expressions(text: str, minute: int, days: set[int]) -> None:
    """A cron expression is one minute of the day on a set of days."""
    cron = Cron.parse(text)
    assert (minute, frozenset(days)) == (cron.minute_of_day, cron.weekdays)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * * *",
        "0 8 * *",
        "0 8 * * * *",
        "@daily",
        "0 8 * * 7",
        "0 8 * * FRI-MON",
        "0 8 0 * *",
        "0 8 * 13 *",
        "0 8 */0 * *",
        "a b c d e",
        "0 8 * * monday",
        "-1 8 * * *",
        "0 8 30 2 *",
        "٣ 8 * * *",
    ],
)
def test_what_is_no_start_or_end(text: str) -> None:
    """What the autoscaler would not read, or what names no single time of day, is refused."""
    with pytest.raises(PydanticCustomError):
        Cron.parse(text)


def test_every_instance_has_known_gpus() -> None:
    """The catalogue is consistent: names, GPU models and memory."""
    for name, instance in INSTANCES.items():
        assert name == instance.name
        assert GPUS[instance.gpu.name] is instance.gpu
        assert instance.gpu_memory.gib == pytest.approx(instance.gpus * instance.gpu.memory_gib)
        assert instance.cloud in [cloud.value for cloud in Cloud]
    assert 8 * INSTANCES["p5.4xlarge"].gpus == INSTANCES["p5.48xlarge"].gpus


@pytest.mark.parametrize("cloud", Cloud)
def test_example_regions_are_regions(cloud: Cloud) -> None:
    """The names that are suggested are accepted, and no region is one of both clouds."""
    for name in EXAMPLES[cloud]:
        assert [cloud] == [other for other in Cloud if is_region(name, other)]


@pytest.mark.parametrize(
    "name", ["us-gov-west-1", "ap-southeast-4", "eu-central-2", "il-central-1", "mx-central-1", "cn-north-1"]
)
def test_regions_that_few_use_are_regions(name: str) -> None:
    """The grammar of AWS regions holds for all partitions."""
    assert is_region(name, Cloud.AWS)


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("Profile", ["profile", "owner"], "profile"),
        ("gpu-pools", ["gpu_pools"], "gpu_pools"),
        ("prod", ["production", "development"], "production"),
        ("pools", ["gpu_pools", "zones"], "gpu_pools"),
        ("xyz", ["profile", "owner"], None),
        ("replicas", ["min_replicas", "max_replicas"], None),
        ("", ["profile"], None),
    ],
)
def test_the_nearest_word(word: str, known: list[str], expected: str | None) -> None:
    """A misspelt word finds its neighbour, an ambiguous or foreign one finds none."""
    assert expected == nearest(word, known)

"""Training in two phases, resumable, every random draw from seed and step; curves and sample pictures beside the checkpoint.

The first phase asks for grey and structure alone; what the second adds, two judges and their features, makes edges and texture.
Both are trained on small pictures; the last steps are on large ones."""

import copy
import json
import math
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from training import png
from training.gan import batches, loss, pool
from training.gan.discriminator import Discriminators
from training.gan.network import Generator, weight_count

FIRST_PHASE = 0.26  # Of the steps, without judges.
LARGE_LAST = 0.25  # Of the steps, at the larger side.
WARM_STEPS = 60
RATES = ((1.5e-3, 7.5e-4), (6e-4, 6e-5))  # Of the generator, by phase: where its cosine begins and ends.
JUDGES_RATES = (8e-4, 8e-5)
BETAS = (0.5, 0.99)
STRUCTURE_FIRST = 0.25  # Beside 1 for the difference, in the first phase.
DIFFERENCE, STRUCTURE, REAL, FEATURES = 0.5, 0.15, 0.15, 2.0  # In the second; REAL is of each judge.
SLOPE_EVERY = 16
AVERAGED_OVER = 400  # Steps: of the average of the weights that is kept.
STEEPEST = 5.0  # Gradients are shortened to it.
SAVED_EVERY = 250
LOGGED_EVERY = 25
LOGGED = ("step", "side", "difference", "structure", "features", "real", "judges")
SHOWN_OF_KIND = 2
DRAWN, SHOWN = 1, 2  # What the noise of a seed is for.


@dataclass
class Plan:
    """What a training is; another plan does not go on with its checkpoint."""
    steps: int
    seed: int = 1
    size: str = "s"
    channels: int = 1
    sides: tuple = (128, 256)
    batch: int = 8  # At the smaller side; half as many at the larger one.
    slope: float = 0.0  # Weight of R1; 0 leaves it out.


def cosine(part, begin, end):
    return end + (begin - end) * 0.5 * (1 + math.cos(math.pi * part))


def rates(step, steps):
    """Of the generator, of the judges."""
    second = int(steps * FIRST_PHASE)
    if step < second:
        return cosine(step / second, *RATES[0]) * min(1, (step + 1) / WARM_STEPS), 0.0
    part = (step - second) / max(1, steps - second)
    return cosine(part, *RATES[1]), cosine(part, *JUDGES_RATES)


def side_at(step, plan):
    return plan.sides[1] if step >= plan.steps - int(plan.steps * LARGE_LAST) else plan.sides[0]


class Training:
    def __init__(self, folder, plan, device="cpu", half=None):
        """half: bfloat16 in the networks, weights stay float32. None: where a step is measured to be faster so."""
        self.folder, self.plan, self.device, self.half = Path(folder), plan, device, half
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(plan.seed)
        self.network = Generator(plan.size, plan.channels).to(device).to(memory_format=torch.channels_last)
        self.judges = Discriminators(plan.channels).to(device).to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        self.optimizer = torch.optim.Adam(self.network.parameters(), RATES[0][0], BETAS)
        self.judges_optimizer = torch.optim.Adam(self.judges.parameters(), JUDGES_RATES[0], BETAS)
        self.step, self.log = 0, []
        self._resume()

    def _parts(self):
        return {"network": self.network, "average": self.average, "judges": self.judges, "optimizer": self.optimizer,
                "judges_optimizer": self.judges_optimizer}

    def _resume(self):
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return
        kept = torch.load(path, map_location=self.device, weights_only=True)
        wanted = json.loads(json.dumps(asdict(self.plan)))
        if kept["plan"] != wanted:
            raise SystemExit(f"{path} is of another training: {kept['plan']}, not {wanted}; name another --folder, or remove it")
        for name, part in self._parts().items():
            part.load_state_dict(kept[name])
        self.step, self.half = kept["step"], kept["half"] if self.half is None else self.half
        self.log = json.loads((self.folder / "log.json").read_text())

    def save(self):
        part = self.folder / "checkpoint.part"
        torch.save({**{name: one.state_dict() for name, one in self._parts().items()}, "step": self.step, "half": self.half,
                    "plan": json.loads(json.dumps(asdict(self.plan)))}, part)
        (self.folder / "log.json").write_text(json.dumps(self.log))
        part.replace(self.folder / "checkpoint.pt")

    def batch(self, pictures, faces):
        side = side_at(self.step, self.plan)
        count = self.plan.batch if side == self.plan.sides[0] else max(1, self.plan.batch // 2)
        seed = (self.plan.seed, self.step)
        chosen = np.sort(np.random.default_rng([*seed, 71]).integers(0, len(pictures), count))
        truth, mask = batches.for_training(seed, pictures, faces, chosen, side)
        noise = batches.noise_for((*seed, DRAWN), count, side)
        return tuple(one.to(self.device).contiguous(memory_format=torch.channels_last) for one in (truth, mask, noise))

    def _autocast(self):
        return torch.autocast(self.device, torch.bfloat16, enabled=bool(self.half))

    def one_step(self, truth, mask, noise):
        """Rows of LOGGED without the first two; what this phase does not have is 0."""
        rate, judges_rate = rates(self.step, self.plan.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with self._autocast():
            filled = self.network(truth, mask, noise).float()
        judged = self._judge(truth, mask, filled.detach(), judges_rate) if judges_rate > 0 else 0.0
        difference, structure = loss.difference(filled, truth, mask), loss.structure(filled, truth, mask)
        if judges_rate > 0:
            self.judges.requires_grad_(False)
            with self._autocast():
                of_filled = self.judges(filled, mask)
                with torch.no_grad():
                    of_truth = self.judges(truth, mask)
            features, real = loss.features(of_filled, of_truth), loss.looks_real(of_filled)
            total = DIFFERENCE * difference + STRUCTURE * structure + FEATURES * features + REAL * real
            self.judges.requires_grad_(True)
        else:
            features = real = torch.zeros(())
            total = difference + STRUCTURE_FIRST * structure
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), STEEPEST)
        self.optimizer.step()
        self.step += 1
        keep = min(1 - 1 / AVERAGED_OVER, self.step / (self.step + 10))
        with torch.no_grad():
            for kept, now in zip(self.average.parameters(), self.network.parameters()):
                kept.lerp_(now, 1 - keep)
        return difference.item(), structure.item(), features.item(), real.item(), judged

    def _judge(self, truth, mask, filled, rate):
        for group in self.judges_optimizer.param_groups:
            group["lr"] = rate
        with self._autocast():
            of_truth, of_filled = self.judges(truth, mask), self.judges(filled, mask)
        total = loss.judges_loss(of_truth, of_filled)
        said = total.item()
        if self.plan.slope > 0 and self.step % SLOPE_EVERY == 0:
            total = total + self.plan.slope / 2 * SLOPE_EVERY * loss.slope(self.judges, truth, mask)
        self.judges_optimizer.zero_grad(set_to_none=True)
        total.backward()
        self.judges_optimizer.step()
        return said

    def _choose_half(self, pictures, faces):
        """Times a pass in either arithmetic; no weight changes. On a GPU bfloat16 is faster."""
        if self.device != "cpu":
            self.half = True
            return
        batch, times = self.batch(pictures, faces), {}
        for half in (False, True, False, True):  # The first of each warms up.
            self.half = half
            begun = time.monotonic()
            with self._autocast():
                filled = self.network(*batch).float()
            loss.difference(filled, batch[0], batch[1]).backward()
            self.optimizer.zero_grad(set_to_none=True)
            times[half] = time.monotonic() - begun
        self.half = times[True] < times[False]

    def run(self, pool_folder, held_out_folder=None, seconds=None, progress=sys.stderr):
        """True when all steps are done; False when `seconds` ran out before."""
        pictures, faces, _ = pool.read(pool_folder)
        if self.half is None:
            self._choose_half(pictures, faces)
        print(f"{weight_count(self.network)} weights, {len(pictures)} pictures, {self.plan.steps} steps of {self.plan.batch}, "
              f"{'bfloat16' if self.half else 'float32'}", file=progress)
        begun, first, rows, saved = time.monotonic(), self.step, [], self.step
        while self.step < self.plan.steps:
            rows.append(self.one_step(*self.batch(pictures, faces)))
            spent = time.monotonic() - begun
            if self.step % LOGGED_EVERY == 0 or self.step == self.plan.steps:
                means = [float(value) for value in np.mean(rows, axis=0)]
                self.log.append((self.step, side_at(self.step - 1, self.plan), *means))
                rows = []
                self._tell(means, spent / (self.step - first), progress)
            paused = seconds is not None and spent > seconds
            if self.step - saved >= SAVED_EVERY or self.step == self.plan.steps or paused:
                self.save()
                self._show(held_out_folder)
                saved = self.step
            if paused:
                break
        print(file=progress)
        return self.step >= self.plan.steps

    def _tell(self, means, each, progress):
        done = int(30 * self.step / self.plan.steps)
        print(f"\r[{'#' * done}{'.' * (30 - done)}] step {self.step} of {self.plan.steps}, difference {means[0]:.3f}, structure "
              f"{means[1]:.3f}, features {means[2]:.3f}, {each * (self.plan.steps - self.step) / 60:.0f} min left  ",
              end="", file=progress, flush=True)

    def _show(self, held_out_folder):
        if len(self.log) > 1:
            columns = np.array([row[2:] for row in self.log])
            for at in (2, 4):  # What begins with the second phase begins with its first value.
                later = np.flatnonzero(columns[:, at])
                columns[:later[0] if len(later) else 0, at] = columns[later[0], at] if len(later) else 0
            lines = [np.log(columns[:, at]) for at in (0, 1, 2, 4) if (columns[:, at] > 0).all()]
            png.write(self.folder / "curves.png", png.curves(lines))
        if held_out_folder:
            png.write(self.folder / "samples.png", samples(self.average, held_out_folder, side_at(self.step - 1, self.plan), self.device))


def shown(picture):
    """(channels, rows, columns) of -1 to 1 as rows x columns x 3, uint8."""
    grey = ((picture * 0.5 + 0.5) * 255 + 0.5).clip(0, 255).astype(np.uint8)
    return np.repeat(grey.transpose(1, 2, 0), 3 // len(grey), axis=2)


def samples(network, held_out_folder, side, device="cpu"):
    """Occluded, filled, truth; the first pictures of every kind."""
    pictures, faces, kinds = pool.read(held_out_folder)
    out = []
    for kind in np.unique(kinds):
        for i in np.flatnonzero(kinds == kind)[:SHOWN_OF_KIND]:
            truth, mask = batches.for_judging((SHOWN, int(i)), pictures, faces, [i], side)
            noise = batches.noise_for((SHOWN, int(i)), 1, side)
            with torch.no_grad():
                filled = network(truth.to(device), mask.to(device), noise.to(device)).float().cpu()
            row = [torch.where(mask > 0.5, torch.zeros(()), truth), filled, truth]
            out.append(np.hstack([np.pad(shown(one[0].numpy()), ((1, 1), (1, 1), (0, 0))) for one in row]))
    return png.grid(out, SHOWN_OF_KIND)

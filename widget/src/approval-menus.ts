/**
 * Where each network keeps a request whose prompt did not show, as data: what to dial, and whether requests wait in
 * that menu. Networks that push a prompt to the SIM once (M-Pesa's STK, Airtel's) have no such list: there the menu only
 * shows that the wallet works, and the request ends by itself.
 *
 * Sources, read 2026-11-26: MTN Uganda, *165# → My Account → My Approvals: dignited.com/18272 (the positions in the menu
 * change, their names do not). MTN Rwanda, *182*7*1#: shown beside "did not get the prompt" by a dozen public
 * integrations. Airtel Uganda *185#: techpointmag.com and docs.reply.cash. Tanzania *150*60# (Airtel) and *150*88#
 * (Halopesa): jinsiyatz.com; *150*00# (M-Pesa), *150*01# (Mixx by Yas), *150*71# (T-Pesa), Kenya *334# (M-Pesa, Airtel)
 * and *460# (T-Kash), Rwanda *182# (Airtel): general knowledge, without a source so far; check before you rely on them.
 */
import type { Country, NetworkId } from '../../server/core/number-plans.ts';

export interface ApprovalMenu {
  /** The code to dial. */
  code: string;
  /** Requests wait there to be approved. */
  hasApprovals?: true;
}

export const APPROVAL_MENUS: Readonly<Record<Country, Partial<Record<NetworkId, ApprovalMenu>>>> = {
  UG: { mtn: { code: '*165#', hasApprovals: true }, airtel: { code: '*185#' } },
  KE: { safaricom: { code: '*334#' }, airtel: { code: '*334#' }, telkom: { code: '*460#' } },
  TZ: {
    vodacom: { code: '*150*00#' },
    yas: { code: '*150*01#' },
    airtel: { code: '*150*60#' },
    halotel: { code: '*150*88#' },
    ttcl: { code: '*150*71#' },
  },
  RW: { mtn: { code: '*182*7*1#', hasApprovals: true }, airtel: { code: '*182#' } },
};

import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { ApiError } from '@/api/client';
import { useSessionStore } from '@/stores/session';
import StatusCenterView from '@/views/StatusCenterView.vue';

declare module 'vue-router' {
  interface RouteMeta {
    title: string;
    isPublic?: boolean;
    forAdmins?: boolean;
  }
}

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'status', component: StatusCenterView, meta: { title: 'Status Center' } },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('@/views/SignInView.vue'),
    meta: { title: 'Sign in', isPublic: true },
  },
  {
    path: '/tasks',
    name: 'tasks',
    component: () => import('@/views/TaskHistoryView.vue'),
    meta: { title: 'Task history' },
  },
  {
    path: '/tasks/:id',
    name: 'task',
    component: () => import('@/views/TaskView.vue'),
    props: true,
    meta: { title: 'Task' },
  },
  {
    path: '/backtests',
    name: 'backtests',
    component: () => import('@/views/BacktestsView.vue'),
    meta: { title: 'Backtests' },
  },
  {
    path: '/backtests/compare',
    name: 'compare',
    component: () => import('@/views/CompareView.vue'),
    meta: { title: 'Compare backtests' },
  },
  {
    path: '/backtests/sweep',
    name: 'sweep',
    component: () => import('@/views/SweepFormView.vue'),
    meta: { title: 'New sweep' },
  },
  {
    path: '/backtests/:id',
    name: 'backtest',
    component: () => import('@/views/BacktestView.vue'),
    props: true,
    meta: { title: 'Backtest' },
  },
  {
    path: '/predictions',
    name: 'predictions',
    component: () => import('@/views/PredictionsView.vue'),
    meta: { title: 'Predictions' },
  },
  {
    path: '/predictions/:id',
    name: 'prediction',
    component: () => import('@/views/PredictionView.vue'),
    props: true,
    meta: { title: 'Prediction' },
  },
  {
    path: '/predictions/models/:id',
    name: 'model',
    component: () => import('@/views/ModelView.vue'),
    props: true,
    meta: { title: 'Model' },
  },
  {
    path: '/data',
    name: 'data',
    component: () => import('@/views/DataView.vue'),
    meta: { title: 'Market data' },
  },
  {
    path: '/data/imports/:id',
    name: 'import',
    component: () => import('@/views/ImportView.vue'),
    props: true,
    meta: { title: 'Import' },
  },
  {
    path: '/admin',
    name: 'admin',
    component: () => import('@/views/AdminView.vue'),
    meta: { title: 'Administration', forAdmins: true },
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('@/views/SettingsView.vue'),
    meta: { title: 'Settings' },
  },
  {
    path: '/:rest(.*)*',
    name: 'not-found',
    component: () => import('@/views/NotFoundView.vue'),
    meta: { title: 'Not found' },
  },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

/** Nobody sees a page without a login, and an admin's page without that role. */
router.beforeEach(async (to) => {
  const session = useSessionStore();
  try {
    await session.restore();
  } catch (error) {
    // A server that is away is no reason to sign out; the page says that it is offline.
    if (!(error instanceof ApiError && error.isOffline)) session.end();
  }
  if (to.meta.isPublic) return session.isSignedIn ? { name: 'status' } : true;
  if (!session.isSignedIn) return { name: 'sign-in', query: to.path === '/' ? {} : { then: to.fullPath } };
  return to.meta.forAdmins && !session.isAdmin ? { name: 'status' } : true;
});

router.afterEach((to) => {
  document.title = to.name === 'status' ? 'Headroom' : `${to.meta.title} · Headroom`;
});
